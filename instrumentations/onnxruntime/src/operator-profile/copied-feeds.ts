import { isOnCpu } from '../tensors.ts';
import type { TensorLike, TensorMap } from '../types.ts';

/** Longer lists of texts are not copied: looking at each one would hold the application's run. */
const TEXTS_MAX = 65_536;

/** Values of one tensor that the application can no longer change. */
export interface CopiedTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** The feeds of one run. */
export interface CopiedFeeds {
  readonly tensors: Readonly<Record<string, CopiedTensor>>;
  /** Outputs that the run asked for by name; absent when it asked for all. */
  readonly outputs?: readonly string[];
  readonly bytes: number;
}

/**
 * Copies what a run was given, or nothing when an input is missing, when it is larger than
 * `bytesMax` or not on the CPU.
 */
export function copyFeeds(
  feeds: unknown,
  inputNames: readonly string[],
  bytesMax: number,
): CopiedFeeds | undefined {
  if (typeof feeds !== 'object' || feeds === null) return undefined;
  const given: (readonly [name: string, tensor: TensorLike])[] = [];
  let bytes = 0;
  // All are weighed before the first one is copied.
  for (const name of inputNames) {
    const tensor = (feeds as TensorMap)[name];
    if (tensor === undefined || tensor === null || !isOnCpu(tensor)) return undefined;
    bytes += dataBytes(tensor.data);
    if (bytes > bytesMax) return undefined;
    given.push([name, tensor]);
  }
  const tensors = given.map(([name, tensor]) => [name, copyTensor(tensor)] as const);
  return { tensors: Object.fromEntries(tensors), bytes };
}

function dataBytes(data: unknown): number {
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (!Array.isArray(data) || data.length > TEXTS_MAX) return Infinity;
  return data.reduce((sum: number, text: unknown) => sum + String(text).length * 2, 0);
}

/** The `slice` of all typed arrays: the one of `Buffer` would share its memory. */
const sliceTyped = Reflect.get(Reflect.getPrototypeOf(Uint8Array.prototype) ?? {}, 'slice') as (
  this: ArrayBufferView,
) => ArrayBufferView;

function copyTensor({ type, dims, data }: TensorLike): CopiedTensor {
  const copied: unknown = ArrayBuffer.isView(data)
    ? Reflect.apply(sliceTyped, data, [])
    : (data as unknown[]).slice();
  return { type, dims: [...dims], data: copied };
}

/** The outputs that the second argument of `run` asks for, read as ONNX Runtime does. */
export function namedOutputs(
  fetches: unknown,
  outputNames: readonly string[],
): readonly string[] | undefined {
  if (typeof fetches !== 'object' || fetches === null) return undefined;
  const asked: unknown[] = Array.isArray(fetches) ? fetches : Object.getOwnPropertyNames(fetches);
  const names = outputNames.filter((name) => asked.includes(name));
  return names.length === 0 ? undefined : names;
}
