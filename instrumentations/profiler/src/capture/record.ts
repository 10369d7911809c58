import type { CpuProfile } from '../tree/cpu-profile.ts';
import type { HeapProfile } from '../tree/heap-profile.ts';
import type { Target } from './target.ts';

/** A recording under way. */
export interface Recording<Result> {
  /** Ends it. Calling it twice gives the same. */
  stop(): Promise<Result>;
}

/** Starts V8's sampling CPU profiler on a target. */
export async function recordCpu(
  target: Target,
  intervalMs: number,
): Promise<Recording<CpuProfile>> {
  await target.post('Profiler.enable');
  await target.post('Profiler.setSamplingInterval', { interval: Math.round(intervalMs * 1000) });
  await target.post('Profiler.start');
  return once(async () => {
    const { profile } = (await target.post('Profiler.stop')) as { profile: CpuProfile };
    await target.post('Profiler.disable');
    return profile;
  });
}

/** Starts V8's sampling heap profiler: who allocates what stays alive. */
export async function recordHeap(
  target: Target,
  intervalBytes: number,
): Promise<Recording<HeapProfile>> {
  await target.post('HeapProfiler.enable');
  await target.post('HeapProfiler.startSampling', { samplingInterval: intervalBytes });
  return once(async () => {
    const { profile } = (await target.post('HeapProfiler.stopSampling')) as {
      profile: HeapProfile;
    };
    await target.post('HeapProfiler.disable');
    return profile;
  });
}

function once<Result>(end: () => Promise<Result>): Recording<Result> {
  let result: Promise<Result> | undefined;
  return {
    stop: () => {
      result ??= end();
      return result;
    },
  };
}
