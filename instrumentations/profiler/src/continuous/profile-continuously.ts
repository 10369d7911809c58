import { setTimeout as sleep } from 'node:timers/promises';

import type { ExactProfiler } from '../exact/exact-profiler.ts';
import type { Profile } from '../profile.ts';
import type { SpanLog } from '../spans/span-log.ts';
import { ProfilerBusyError, startProfile } from '../start-profile.ts';
import { ProfileFolder } from './profile-folder.ts';
import { type PyroscopeServer, push } from './pyroscope.ts';
import { DUTY_DEFAULT, type Duty, DutyJudge } from './windows.ts';

export interface ContinuousOptions {
  readonly duty?: Duty;
  readonly intervalMs?: number;
  /** Keeps the newest 50 files; `undefined` keeps none. */
  readonly folder?: string;
  readonly pyroscope?: PyroscopeServer;
  readonly application: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spans?: SpanLog;
  readonly exact?: ExactProfiler;
  /** Gets each profile besides, such as to send it elsewhere. */
  readonly onRecorded?: (profile: Profile) => Promise<void>;
  /** Told what went wrong, and when it ends itself; the application never sees it. */
  readonly onFailure: (error: unknown) => void;
}

const INTERVAL_MS = 10;

/**
 * Records a window of each period, forever. Keeps no process alive.
 *
 * @returns how to stop it
 */
export function profileContinuously(options: ContinuousOptions): () => void {
  const stopping = new AbortController();
  void run(options, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) options.onFailure(error);
  });
  return () => stopping.abort();
}

async function run(options: ContinuousOptions, signal: AbortSignal): Promise<void> {
  const { duty = DUTY_DEFAULT, intervalMs = INTERVAL_MS } = options;
  const judge = new DutyJudge();
  let startMs = 0;
  while (!signal.aborted) {
    const judgement = judge.judge(startMs, duty, intervalMs);
    if (judgement === 'off') {
      options.onFailure(new Error('Continuous profiling ended: it costs this process too much'));
      return;
    }
    startMs = judgement === 'skip' ? 0 : await recordWindow(options, { duty, intervalMs, signal });
    const restMs = duty.periodMs - (judgement === 'skip' ? 0 : duty.windowMs);
    await sleep(restMs, undefined, { signal, ref: false });
  }
}

interface Window {
  readonly duty: Duty;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** @returns how long its start stopped the loop, in milliseconds */
async function recordWindow(
  options: ContinuousOptions,
  { duty, intervalMs, signal }: Window,
): Promise<number> {
  const { spans, exact } = options;
  const beganMs = Date.now();
  const before = performance.now();
  const running = await startProfile({
    intervalMs,
    ...(spans === undefined ? {} : { spans }),
    ...(exact === undefined ? {} : { exact }),
  }).catch((error: unknown) => {
    // A profile was asked for by hand: this window is left to it.
    if (error instanceof ProfilerBusyError) return undefined;
    throw error;
  });
  const tookMs = performance.now() - before;
  if (running === undefined) return 0;
  try {
    await sleep(duty.windowMs, undefined, { signal, ref: false });
  } finally {
    const profile = await running.stop();
    if (!signal.aborted) await keep(options, { beganMs, intervalMs, profile });
  }
  return tookMs;
}

async function keep(
  { folder, pyroscope, application, labels = {}, onRecorded, onFailure }: ContinuousOptions,
  { beganMs, intervalMs, profile }: { beganMs: number; intervalMs: number; profile: Profile },
): Promise<void> {
  try {
    const bytes = profile.toPprof();
    if (folder !== undefined) new ProfileFolder(folder).write(beganMs, bytes);
    if (pyroscope !== undefined) {
      await push(pyroscope, {
        application,
        labels,
        startMs: beganMs,
        endMs: Date.now(),
        sampleRate: Math.round(1000 / intervalMs),
        profile: bytes,
      });
    }
    await onRecorded?.(profile);
  } catch (error) {
    onFailure(error);
  }
}
