import type { Profile, ProfileOptions, RunningProfile } from '@telltale/instrumentation-profiler';

import { exactProfiler } from './exact-spans.ts';
import { profiledSpans } from './spans.ts';

/**
 * Records while a function runs, also when it throws: then its error is thrown on.
 *
 * @throws when another profile is being recorded in this process
 * @example
 * const { result, profile: recorded } = await profile(() => scoreAll(rows));
 * writeFileSync('score.svg', recorded.toSvg());
 */
export async function profile<Result>(
  run: () => Result | Promise<Result>,
  options: ProfileOptions = {},
): Promise<{ readonly result: Result; readonly profile: Profile }> {
  const profiler = await import('@telltale/instrumentation-profiler');
  const release = profiledSpans().watch();
  try {
    return await profiler.profile(run, { ...ofSpans(), ...options });
  } finally {
    release();
  }
}

/** Starts to record this process; `stop()` gives the profile. @throws when one is being recorded */
export async function startProfile(options: ProfileOptions = {}): Promise<RunningProfile> {
  const profiler = await import('@telltale/instrumentation-profiler');
  const release = profiledSpans().watch();
  try {
    const running = await profiler.startProfile({ ...ofSpans(), ...options });
    return { stop: () => running.stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

function ofSpans(): Pick<ProfileOptions, 'spans' | 'exact'> {
  const exact = exactProfiler();
  return { spans: profiledSpans().log, ...(exact === undefined ? {} : { exact }) };
}
