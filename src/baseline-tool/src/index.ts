export { writeWhole } from './build/baseline-place.ts';
export {
  type BaselineBuildOptions,
  buildBaselines,
  type CommandResult,
} from './build/build-baselines.ts';
export { addBuildFlags, type BuildFlags, buildOptionsOf } from './build/build-command.ts';
