import type { RuntimeModule } from '../internal-types.ts';
import type { RunClock } from './run-timing.ts';

/** One copy of ONNX Runtime in the process. */
export interface RuntimeCopy {
  version: string | undefined;
  /** The exports of `onnxruntime-node`, once they were seen. */
  runtime: RuntimeModule | undefined;
  readonly clock: RunClock;
}
