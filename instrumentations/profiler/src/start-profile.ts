import { sharedState } from '@telltale/core';

import { InProcessTarget } from './capture/in-process.ts';
import { INTERVAL_MS_DEFAULT, recordingProblem } from './capture/limits.ts';
import { type Recording, recordCpu, recordHeap } from './capture/record.ts';
import { recordWorkers } from './capture/record-workers.ts';
import type { ExactProfile } from './exact/exact-profile.ts';
import type { ExactProfiler } from './exact/exact-profiler.ts';
import { Profile } from './profile.ts';
import type { SpanLog } from './spans/span-log.ts';
import type { HeapProfile } from './tree/heap-profile.ts';

export interface ProfileOptions {
  /** Time between two samples. Default 10 ms, which costs about 0.3 % of a busy CPU. */
  readonly intervalMs?: number;
  /** Also show the time in which the process waited. Default false. */
  readonly idle?: boolean;
  /** Also record worker threads. Default false. */
  readonly workers?: boolean;
  /** What was profiled, for titles. */
  readonly title?: string;
  /** Knows the spans of a time, in microseconds of the monotonic clock. */
  readonly spans?: SpanLog;
  /** Records in which span each sample was taken, in place of V8's own sampler. */
  readonly exact?: ExactProfiler;
}

/** A profile that is being recorded. */
export interface RunningProfile {
  /** Ends the recording. Calling it twice gives the same profile. */
  stop(): Promise<Profile>;
}

/** The profiler of V8 has one sampler, so a process records one profile at a time. */
const engine: { isBusy: boolean } = sharedState('telltale.profiler', () => ({ isBusy: false }));

/** A profile is being recorded already. */
export class ProfilerBusyError extends Error {
  constructor() {
    super('Cannot start a profile: another one is being recorded in this process; try again later');
  }
}

export const isProfilerBusy = (): boolean => engine.isBusy;

/**
 * Starts to record this process.
 *
 * @throws {ProfilerBusyError} when another profile is being recorded
 * @throws {RangeError} when the interval cannot be used
 */
export async function startProfile(options: ProfileOptions = {}): Promise<RunningProfile> {
  const { intervalMs = INTERVAL_MS_DEFAULT, idle: hasIdle = false, title, spans } = options;
  const problem = recordingProblem(intervalMs, 1);
  if (problem !== undefined) throw new RangeError(problem);
  return exclusively(async (target) => {
    const startMs = Date.now();
    const workers = options.workers === true ? await recordWorkers(target, intervalMs) : undefined;
    const main = await recordMain(target, intervalMs, options.exact);
    return async () => {
      const { profile, sampleSpans } = await main.stop();
      const others = (await workers?.stop()) ?? [];
      return new Profile([{ thread: 'main', profile }, ...others], {
        title: title ?? processTitle(),
        startMs,
        hasIdle,
        spans: spans?.between(profile.startTime, profile.endTime) ?? [],
        ...(sampleSpans === undefined ? {} : { sampleSpans }),
      });
    };
  });
}

async function recordMain(
  target: InProcessTarget,
  intervalMs: number,
  exact: ExactProfiler | undefined,
): Promise<Recording<Pick<ExactProfile, 'profile'> & Partial<ExactProfile>>> {
  if (exact !== undefined) return exact.record(intervalMs);
  const recording = await recordCpu(target, intervalMs);
  return { stop: async () => ({ profile: await recording.stop() }) };
}

/** Records while a function runs, also when it throws: then its error is thrown on. */
export async function profile<Result>(
  run: () => Result | Promise<Result>,
  options: ProfileOptions = {},
): Promise<{ readonly result: Result; readonly profile: Profile }> {
  const running = await startProfile(options);
  try {
    const result = await run();
    return { result, profile: await running.stop() };
  } finally {
    await running.stop();
  }
}

/** Bytes between two samples of the heap, on average: V8's own default. */
const HEAP_INTERVAL_BYTES = 32 * 1024;

/**
 * Starts to record who allocates what stays alive.
 *
 * @throws {ProfilerBusyError} when another profile is being recorded
 */
export function startHeapProfile(
  intervalBytes: number = HEAP_INTERVAL_BYTES,
): Promise<{ stop(): Promise<HeapProfile> }> {
  return exclusively(async (target) => {
    const recording = await recordHeap(target, intervalBytes);
    return () => recording.stop();
  });
}

const processTitle = (): string => `node ${process.argv[1] ?? ''} (${process.pid})`.trim();

async function exclusively<Result>(
  start: (target: InProcessTarget) => Promise<() => Promise<Result>>,
): Promise<{ stop(): Promise<Result> }> {
  if (engine.isBusy) throw new ProfilerBusyError();
  engine.isBusy = true;
  let target: InProcessTarget | undefined;
  const release = (): void => {
    target?.close();
    engine.isBusy = false;
  };
  try {
    target = new InProcessTarget();
    const end = await start(target);
    let stopped: Promise<Result> | undefined;
    return {
      stop: () => {
        stopped ??= end().finally(release);
        return stopped;
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
