import type { TensorLike } from '@telltale/instrumentation-onnxruntime';

/** A tensor of floats as rows and columns. */
export interface FloatTable {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Rows and columns of a float tensor of rank 1 (one column) or 2; `undefined` for others. */
export function floatTable({ data, dims }: TensorLike): FloatTable | undefined {
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isFloat || dims.length === 0 || dims.length > 2) return undefined;
  const [rows = 0, columns = 1] = dims;
  return rows * columns === data.length ? { data, rows, columns } : undefined;
}

/** The values of a row, not copied. */
export function rowOf({ data, columns }: FloatTable, row: number): Float32Array | Float64Array {
  return data.subarray(row * columns, (row + 1) * columns);
}
