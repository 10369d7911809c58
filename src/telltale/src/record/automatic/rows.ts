import { PREDICTION_ROWS_PER_RUN_MAX } from '@telltale/core';
import type { TensorLike, TensorMap } from '@telltale/instrumentation-onnxruntime';

import type { OutputReader } from './output-reader.ts';

/** A prediction read from one row of a result. */
export interface RowPrediction {
  readonly outcome: string;
  readonly confidence?: number;
}

export interface ReadRows {
  readonly rows: readonly RowPrediction[];
  /** Rows beyond the limit of a run. */
  readonly dropped: number;
}

const NOTHING: ReadRows = { rows: [], dropped: 0 };
const THRESHOLD = 0.5;
/** How far float32 rounding may take a sum of probabilities from 1. */
const SUM_TOLERANCE = 1e-3;

type Numbers = ArrayLike<number>;

/**
 * The predictions in a result, one a row, 64 at most. `undefined` when the result does not look
 * like what the reader expects: then it is not this kind of model after all.
 */
export function readRows(reader: OutputReader, results: TensorMap): ReadRows | undefined {
  const tensor = results[reader.tensor];
  if (tensor === undefined) return NOTHING; // the application did not fetch it
  if (!isOnCpu(tensor)) return NOTHING;
  switch (reader.kind) {
    case 'probabilities':
      return readDistributions(reader, tensor, (row) => row);
    case 'logits':
      return readDistributions(reader, tensor, softmax);
    case 'score':
      return readScores(reader, tensor);
    case 'class':
      return readClasses(reader, tensor, results);
  }
}

function isOnCpu({ location }: TensorLike): boolean {
  return location === undefined || location === 'cpu';
}

function readDistributions(
  reader: OutputReader,
  tensor: TensorLike,
  normalize: (row: Numbers) => Numbers,
): ReadRows | undefined {
  const shape = shapeOf(tensor);
  if (shape === undefined) return undefined;
  const { data, rows, columns } = shape;
  const read: RowPrediction[] = [];
  for (let row = 0; row < Math.min(rows, PREDICTION_ROWS_PER_RUN_MAX); row++) {
    const values = normalize(data.slice(row * columns, (row + 1) * columns));
    if (reader.isGuess && !isDistribution(values)) return undefined;
    const best = indexOfMax(values);
    read.push({ outcome: labelOf(reader, best), confidence: values[best] ?? Number.NaN });
  }
  return { rows: read, dropped: Math.max(0, rows - read.length) };
}

/** One score a row: at or above the threshold it is the positive label. */
function readScores(reader: OutputReader, tensor: TensorLike): ReadRows | undefined {
  const shape = shapeOf(tensor);
  if (shape === undefined || shape.columns !== 1) return undefined;
  const { data, rows } = shape;
  const threshold = reader.threshold ?? THRESHOLD;
  const [negative, positive] = scoreLabels(reader);
  const read: RowPrediction[] = [];
  for (let row = 0; row < Math.min(rows, PREDICTION_ROWS_PER_RUN_MAX); row++) {
    const raw = data[row] as number;
    const score = reader.sigmoid === true ? 1 / (1 + Math.exp(-raw)) : raw;
    const isPositive = score >= threshold;
    read.push({
      outcome: isPositive ? positive : negative,
      confidence: isPositive ? score : 1 - score,
    });
  }
  return { rows: read, dropped: Math.max(0, rows - read.length) };
}

function scoreLabels({ labels, positive }: OutputReader): readonly [string, string] {
  const isPositive = positive ?? labels?.[1] ?? 'positive';
  return [labels?.find((label) => label !== isPositive) ?? 'negative', isPositive];
}

/** The class itself in a tensor, and maybe its probabilities in another. */
function readClasses(
  reader: OutputReader,
  tensor: TensorLike,
  results: TensorMap,
): ReadRows | undefined {
  const { data } = tensor;
  if (!isSequence(data)) return undefined;
  const scores = reader.score === undefined ? undefined : results[reader.score];
  const shape = scores === undefined || !isOnCpu(scores) ? undefined : shapeOf(scores);
  if (shape !== undefined && shape.rows !== data.length) return undefined;
  const read: RowPrediction[] = [];
  for (let row = 0; row < Math.min(data.length, PREDICTION_ROWS_PER_RUN_MAX); row++) {
    const outcome = classLabel(reader, data[row]);
    if (shape === undefined) read.push({ outcome });
    else {
      const values = shape.data.slice(row * shape.columns, (row + 1) * shape.columns);
      if (reader.isGuess && !isDistribution(values)) return undefined;
      read.push({ outcome, confidence: values[indexOfMax(values)] ?? Number.NaN });
    }
  }
  return { rows: read, dropped: Math.max(0, data.length - read.length) };
}

interface Shape {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Rows and columns of a float tensor of rank 1 (one column) or 2. */
function shapeOf({ data, dims }: TensorLike): Shape | undefined {
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isFloat || dims.length === 0 || dims.length > 2) return undefined;
  const [rows = 0, columns = 1] = dims;
  return rows * columns === data.length ? { data, rows, columns } : undefined;
}

function isSequence(data: unknown): data is ArrayLike<unknown> {
  return Array.isArray(data) || ArrayBuffer.isView(data);
}

function classLabel(reader: OutputReader, value: unknown): string {
  const isIndex = typeof value === 'bigint' || typeof value === 'number';
  return isIndex ? labelOf(reader, Number(value)) : String(value);
}

function labelOf({ labels }: OutputReader, index: number): string {
  return labels?.[index] ?? String(index);
}

function isDistribution(values: Numbers): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= 0 && value <= 1 + SUM_TOLERANCE)) return false;
    sum += value;
  }
  return Math.abs(sum - 1) <= SUM_TOLERANCE;
}

function indexOfMax(values: Numbers): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}

/** The maximum is subtracted first, so that no exponential overflows. */
function softmax(row: Numbers): Numbers {
  const max = row[indexOfMax(row)] ?? 0;
  const exponentials = Float64Array.from(row, (value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
