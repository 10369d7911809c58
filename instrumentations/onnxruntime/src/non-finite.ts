import { elementCount, isOnCpu } from './tensors.ts';
import type { TensorLike } from './types.ts';

/** Values that are not numbers a model can work with. */
export interface NonFiniteCount {
  nan: number;
  inf: number;
}

/** Least elements a run may look at, however fast the model. */
const ELEMENTS_MIN = 512;
const SCAN_MS_PER_ELEMENT = 0.5e-6;
const COMPUTE_SHARE_MAX = 0.01;
const FLOAT16_EXPONENT = 0x7c00;
const FLOAT16_MANTISSA = 0x03ff;

/**
 * Elements a run may look at: about 1 % of the model's compute time at half a nanosecond each,
 * between 512 and `elementsMax`.
 */
export function scanBudget(computeMs: number, elementsMax: number): number {
  const affordable = (computeMs * COMPUTE_SHARE_MAX) / SCAN_MS_PER_ELEMENT;
  if (!(affordable > ELEMENTS_MIN)) return Math.min(ELEMENTS_MIN, elementsMax);
  return Math.min(Math.floor(affordable), elementsMax);
}

function isFloatType(type: string | undefined): boolean {
  return type === 'float32' || type === 'float16' || type === 'float64';
}

/**
 * Adds the non-finite values of a tensor to `count` and returns the elements looked at. Beyond the
 * budget every k-th element is read, so a poisoned tensor is still found: NaN rarely comes alone.
 */
export function countNonFinite(tensor: TensorLike, budget: number, count: NonFiniteCount): number {
  if (budget <= 0 || !isFloatType(tensor.type) || !isOnCpu(tensor)) return 0;
  const { data } = tensor;
  const step = Math.max(1, Math.ceil(elementCount(tensor.dims) / budget));
  if (data instanceof Float32Array) return scanFloat32(data, step, count);
  // float16 comes as raw bits on Node 22 and in older copies, as numbers where Float16Array exists.
  if (data instanceof Uint16Array) return scanFloat16Bits(data, step, count);
  if (ArrayBuffer.isView(data)) return scanNumbers(data as Float64Array, step, count);
  return 0;
}

function scanFloat32(data: Float32Array, step: number, count: NonFiniteCount): number {
  let seen = 0;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i] as number;
    if (value - value !== 0) addNonFinite(value, count);
    seen++;
  }
  return seen;
}

function scanNumbers(data: ArrayLike<number>, step: number, count: NonFiniteCount): number {
  let seen = 0;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i] as number;
    if (value - value !== 0) addNonFinite(value, count);
    seen++;
  }
  return seen;
}

function scanFloat16Bits(data: Uint16Array, step: number, count: NonFiniteCount): number {
  let seen = 0;
  for (let i = 0; i < data.length; i += step) {
    const bits = data[i] as number;
    if ((bits & FLOAT16_EXPONENT) === FLOAT16_EXPONENT) {
      if ((bits & FLOAT16_MANTISSA) === 0) count.inf++;
      else count.nan++;
    }
    seen++;
  }
  return seen;
}

function addNonFinite(value: number, count: NonFiniteCount): void {
  if (Number.isNaN(value)) count.nan++;
  else count.inf++;
}
