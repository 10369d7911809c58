import type { TensorLike } from './types.ts';

/** The members of ONNX Runtime that we touch, by shape: copies and versions differ in class. */
export interface SessionLike {
  readonly handler?: object;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata?: readonly ValueMetadata[];
  readonly outputMetadata?: readonly ValueMetadata[];
  /** What transformers.js hangs on its sessions. */
  readonly config?: { readonly dtype?: unknown; readonly device?: unknown };
  endProfiling?(): void;
}

export interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A call with whatever arguments the application gave. */
export type AnyCall = (this: unknown, ...args: unknown[]) => unknown;

export interface SessionClass {
  create: AnyCall;
  readonly prototype: { run: AnyCall; release?: AnyCall };
}

/** What makes tensors of a copy. */
export type TensorClass = new (type: string, data: unknown, dims: readonly number[]) => TensorLike;

export interface RuntimeModule {
  readonly InferenceSession: SessionClass;
  readonly Tensor?: TensorClass;
  listSupportedBackends?: () => readonly { readonly name: string }[];
}
