import { type MessagePort, workerData } from 'node:worker_threads';

import { CallFlag } from './call-flag.ts';
import type { SamplerOptions } from './options.ts';
import { Sampler } from './sampler.ts';
import { sharedClockUs } from './shared-clock.ts';

/** What the main thread hands over. */
export interface WorkerInput {
  readonly options: SamplerOptions;
  readonly port: MessagePort;
  readonly flag: SharedArrayBuffer;
}

/** Reads and posts, once an interval. This thread may be stuck in a driver: nothing waits for it. */
function run({ options, port, flag }: WorkerInput): void {
  const watch = new CallFlag(flag);
  const sampler = new Sampler(options, watch);
  let dueMs = performance.now();
  const cycle = (): void => {
    port.postMessage(sampler.sample(sharedClockUs));
    if (!sampler.hasReaders) return end();
    const nowMs = performance.now();
    // Cycles that were missed are not made up for.
    dueMs = Math.max(dueMs + options.intervalMs, nowMs);
    timer = setTimeout(cycle, dueMs - nowMs);
  };
  const end = (): void => {
    clearTimeout(timer);
    sampler.close();
    port.close();
  };
  let timer: NodeJS.Timeout = setTimeout(cycle, 0);
  port.on('message', end);
  port.unref();
}

run(workerData as WorkerInput);
