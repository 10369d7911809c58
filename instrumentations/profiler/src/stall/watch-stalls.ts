import { Worker } from 'node:worker_threads';

import { isProfilerBusy } from '../start-profile.ts';
import type { CpuProfile } from '../tree/cpu-profile.ts';
import { CaptureBudget } from './budget.ts';
import { describeStall, type Stall } from './stall.ts';
import { WATCHDOG_WORKER } from './watchdog-worker.ts';

export interface StallOptions {
  /** Lag from which it is a stall. Default 200 ms. */
  readonly stallMs?: number;
  readonly intervalMs?: number;
  /** Told each stall that was captured. Must not throw. */
  readonly onStall: (stall: Stall) => void;
  /** Told how long the loop stood still, captured or not; `host` when the machine did. */
  readonly onLag: (lagMs: number, cause: 'process' | 'host') => void;
  /** Told what went wrong here; the application never sees it. */
  readonly onFailure: (error: unknown) => void;
}

/** A stall may be this much longer than it says; half of it doubles the idle cost. */
const BEAT_MS = 100;
const STALL_MS = 200;
const INTERVAL_MS = 10;
const CAPTURE_MS_MAX = 10_000;

type Message =
  | { readonly kind: 'lag'; readonly lagMs: number; readonly cause: 'process' | 'host' }
  | { readonly kind: 'stall'; readonly lagMs: number; readonly profile: CpuProfile | undefined };

/**
 * Watches the event loop from a worker thread, which looks at the stack of the main thread only
 * while it is blocked. Neither the thread nor the heartbeat keeps the process alive.
 *
 * @returns how to stop it
 */
export function watchStalls(options: StallOptions): () => void {
  const beats = new BigInt64Array(new SharedArrayBuffer(16));
  const budget = new CaptureBudget();
  const beat = (): void => {
    Atomics.store(beats, 0, process.hrtime.bigint() / 1000n);
    // The worker takes no capture that could not be reported, nor one during another profile.
    Atomics.store(beats, 1, isProfilerBusy() || budget.isSpent(performance.now()) ? 1n : 0n);
  };
  beat();
  const timer = setInterval(beat, BEAT_MS).unref();
  const worker = createWorker(beats.buffer, options);
  worker.on('error', options.onFailure);
  worker.on('message', (message: Message) => {
    options.onLag(message.lagMs, message.kind === 'lag' ? message.cause : 'process');
    if (message.kind === 'lag' || !budget.take(performance.now())) return;
    options.onStall(describeStall(message.lagMs, message.profile));
  });
  // Last: a listener for messages holds the process again.
  worker.unref();
  return () => {
    clearInterval(timer);
    worker.terminate().catch(options.onFailure);
  };
}

function createWorker(
  beats: ArrayBufferLike,
  { stallMs = STALL_MS, intervalMs = INTERVAL_MS }: StallOptions,
): Worker {
  return new Worker(WATCHDOG_WORKER, {
    eval: true,
    name: 'telltale stall watchdog',
    // Nothing of the application, and no flag of its own, runs in this thread.
    execArgv: [],
    env: {},
    // It prints nothing, so no stream of the application is made or piped for it.
    stdin: false,
    stdout: true,
    stderr: true,
    workerData: {
      beats,
      stallMs,
      beatMs: BEAT_MS,
      intervalMicros: intervalMs * 1000,
      captureMsMax: CAPTURE_MS_MAX,
    },
  });
}
