import type { AnyCall, RuntimeModule, SessionClass, TensorClass } from '../internal-types.ts';
import type { RunClock } from './run-timing.ts';

/** One copy of ONNX Runtime in the process. */
export interface RuntimeCopy {
  version: string | undefined;
  /** The exports of `onnxruntime-node`, once they were seen. */
  runtime: RuntimeModule | undefined;
  readonly clock: RunClock;
  readonly bare: BareCalls;
}

/** The calls of a copy as they were before us. What is done through them is not observed. */
export interface BareCalls {
  readonly sessionClass: SessionClass;
  readonly create: AnyCall;
  readonly run: AnyCall;
  /** Absent up to 1.15. */
  readonly release: AnyCall | undefined;
  tensorClass: TensorClass | undefined;
}
