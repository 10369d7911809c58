export { recordingProblem } from './capture/limits.ts';
export { type ContinuousOptions, profileContinuously } from './continuous/profile-continuously.ts';
export type { PyroscopeServer } from './continuous/pyroscope.ts';
export { ExactProfiler, type RunIn } from './exact/exact-profiler.ts';
export { loadWallProfiler } from './exact/wall-profiler.ts';
export { FORMAT_FILES, isProfileFormat, PROFILE_FORMATS, type ProfileFormat } from './formats.ts';
export { type OtlpProfileOptions, otlpProfileRequest } from './otlp/otlp-profile.ts';
export { Profile, type ProfileDetails, type ThreadProfile } from './profile.ts';
export type { Stall } from './stall/stall.ts';
export { type StallOptions, watchStalls } from './stall/watch-stalls.ts';
export {
  isProfilerBusy,
  type ProfileOptions,
  ProfilerBusyError,
  profile,
  type RunningProfile,
  startHeapProfile,
  startProfile,
} from './start-profile.ts';
