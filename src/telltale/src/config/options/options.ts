import type { OptionRow } from '@telltale/core';

import { DRIFT_OPTIONS } from './drift-options.ts';
import { FEEDBACK_OPTIONS } from './feedback-options.ts';
import { GPU_OPTIONS } from './gpu-options.ts';
import { LOG_OPTIONS } from './log-options.ts';
import { OTEL_OPTIONS } from './otel-options.ts';
import { ONNX_RUNTIME_OPTIONS, OWN_OPTIONS } from './own-options.ts';
import { PROFILE_OPTIONS } from './profile-options.ts';

/** Every option of the watched process: the README table and the checks come from here. */
export const OPTIONS: readonly OptionRow[] = [
  ...OWN_OPTIONS,
  ...LOG_OPTIONS,
  ...FEEDBACK_OPTIONS,
  ...ONNX_RUNTIME_OPTIONS,
  ...DRIFT_OPTIONS,
  ...GPU_OPTIONS,
  ...PROFILE_OPTIONS,
  ...OTEL_OPTIONS,
];
