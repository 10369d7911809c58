export { FORMAT_FILES, isProfileFormat, PROFILE_FORMATS, type ProfileFormat } from './formats.ts';
export { Profile, type ProfileDetails, type ThreadProfile } from './profile.ts';
export { SVG_SCRIPT_HASH } from './render/svg/script.ts';
export {
  isProfilerBusy,
  type ProfileOptions,
  ProfilerBusyError,
  profile,
  type RunningProfile,
  startHeapProfile,
  startProfile,
} from './start-profile.ts';
