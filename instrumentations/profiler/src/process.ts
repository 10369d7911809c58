// Profiles of other processes and of files, for command lines.
export { AttachError } from './attach/attach-error.ts';
export { recordProcess, recordProcessHeap } from './attach/record-process.ts';
export { type CommandProfile, runCommand } from './attach/run-command.ts';
export { durationSecondsMax, heapRecordingProblem, recordingProblem } from './capture/limits.ts';
export { FORMAT_FILES, isProfileFormat, PROFILE_FORMATS, type ProfileFormat } from './formats.ts';
export { heapFormatProblem, heapProfileFile } from './heap-file.ts';
export { Profile } from './profile.ts';
export { renderDifference } from './render/svg/difference-flamegraph.ts';
export { renderChanges } from './render/text.ts';
export { type CpuProfile, parseCpuProfile } from './tree/cpu-profile.ts';
export { functionChanges } from './tree/difference.ts';
export { stacksOf } from './tree/samples.ts';
