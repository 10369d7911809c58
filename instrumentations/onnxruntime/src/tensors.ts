import { TENSOR_DESCRIPTION_LENGTH_MAX, TENSOR_DESCRIPTIONS_MAX } from '@telltale/core';

import type { SessionLike, ValueMetadata } from './internal-types.ts';
import type { TensorInfo, TensorLike, TensorMap } from './types.ts';

const NAME_LENGTH_MAX = 64;
const STRING_ELEMENTS_MAX = 1_024;
/** Control characters in a name would break whatever prints it. */
const CONTROL = /\p{Cc}/gu;

const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['uint8', 1],
  ['int8', 1],
  ['uint16', 2],
  ['int16', 2],
  ['int32', 4],
  ['int64', 8],
  ['bool', 1],
  ['float16', 2],
  ['float64', 8],
  ['uint32', 4],
  ['uint64', 8],
  ['uint4', 0.5],
  ['int4', 0.5],
]);

/** Elements of a tensor: the product of its sizes, 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const size of dims) count *= size;
  return count;
}

/**
 * Bytes of a tensor. Strings count as characters of the first 1024 elements; unknown types as 0.
 */
export function tensorBytes(tensor: TensorLike): number {
  const size = tensor.type === 'float32' ? 4 : ELEMENT_BYTES.get(tensor.type);
  if (size !== undefined) return Math.ceil(elementCount(tensor.dims) * size);
  return tensor.type === 'string' && isOnCpu(tensor) ? stringBytes(tensor.data) : 0;
}

function stringBytes(data: unknown): number {
  if (!Array.isArray(data)) return 0;
  const end = Math.min(data.length, STRING_ELEMENTS_MAX);
  let total = 0;
  for (let i = 0; i < end; i++) {
    const value: unknown = data[i];
    if (typeof value === 'string') total += value.length;
  }
  return total;
}

/** Whether `data` may be read. Reading it elsewhere throws, and `getData()` would download. */
export function isOnCpu(tensor: TensorLike): boolean {
  const { location } = tensor;
  return location === undefined || location === 'cpu' || location === 'cpu-pinned';
}

/** Which dimension of which input counts the items of a run. */
export interface BatchAxis {
  readonly input: string;
  readonly axis: number;
}

/**
 * Dimension 0 of the first input of rank 2 or more whose declared dimension 0 is symbolic.
 * `undefined` when metadata says that no input is batched, or when there is none.
 */
export function declaredBatchAxis(inputs: readonly TensorInfo[]): BatchAxis | undefined {
  for (const { name, dims } of inputs) {
    if (dims !== undefined && dims.length >= 2 && typeof dims[0] === 'string') {
      return { input: name, axis: 0 };
    }
  }
  return undefined;
}

/** Without metadata: the first input that has rank 2 or more at run time. */
export function observedBatchAxis(
  feeds: TensorMap,
  names: readonly string[],
): BatchAxis | undefined {
  for (const name of names) {
    if ((feeds[name]?.dims.length ?? 0) >= 2) return { input: name, axis: 0 };
  }
  return undefined;
}

/** `name:type[dims]` of each tensor, bounded in number and length. Schema, never values. */
export function describeTensors(tensors: TensorMap, names: readonly string[]): string[] {
  const described: string[] = [];
  for (const name of names) {
    const tensor = tensors[name];
    if (tensor === undefined || tensor === null) continue;
    if (described.length === TENSOR_DESCRIPTIONS_MAX) break;
    described.push(describeTensor(name, tensor));
  }
  return described;
}

function describeTensor(name: string, { type, dims }: TensorLike): string {
  const text = `${cleanName(name)}:${type}[${dims.join(',')}]`;
  return text.slice(0, TENSOR_DESCRIPTION_LENGTH_MAX);
}

/** A name from a model file, safe to print: 64 characters, no control characters. */
export function cleanName(name: string): string {
  return name.slice(0, NAME_LENGTH_MAX).replace(CONTROL, '');
}

/** Inputs of a session; names alone where the runtime has no metadata. */
export function inputsOf(session: SessionLike): readonly TensorInfo[] {
  return describeValues(session.inputNames, session.inputMetadata);
}

export function outputsOf(session: SessionLike): readonly TensorInfo[] {
  return describeValues(session.outputNames, session.outputMetadata);
}

function describeValues(
  names: readonly string[],
  metadata: readonly ValueMetadata[] | undefined,
): readonly TensorInfo[] {
  return names.map((name, index) => {
    const value = metadata?.[index];
    if (value === undefined || !value.isTensor) return { name };
    return {
      name,
      ...(value.type === undefined ? {} : { type: value.type }),
      ...(value.shape === undefined ? {} : { dims: value.shape }),
    };
  });
}
