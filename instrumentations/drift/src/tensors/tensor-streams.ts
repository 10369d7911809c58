import { PROBABILITY_ROUNDING, readProbability } from '@telltale/core';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import type { DriftStream, StreamDirection, StreamKind } from '../types.ts';
import { holdsProbabilities } from './known-probabilities.ts';
import type { ObservedModel, ObservedTensor } from './observed.ts';

/** Rows that decide what a tensor means. */
const ROWS_LOOKED_AT = 64;
const NUMERIC_COLUMNS_MAX = 16;
/** Classes of a probability vector. */
const CLASSES_MAX = 4096;
/** Classes whose entropy costs less than a stream. */
const DERIVED_CLASSES_MAX = 128;

/** The streams of one tensor of one model. */
export interface TensorStreams {
  /** Columns that are watched. */
  readonly columns: number;
  /** Streams that a row feeds. */
  readonly streams: number;
  /** @param sample rows of the tensor that are taken at most, evenly spread, and their batch */
  observe(tensor: ObservedTensor, sample: TensorSample): void;
}

/** What is taken of a tensor. */
export interface TensorSample {
  readonly rowsMax: number;
  /** The run that the rows belong to, where records are sampled by batch. */
  readonly batch: number;
}

/** What is known of a tensor before its values are seen. */
export interface TensorPlace {
  readonly model: ObservedModel;
  readonly name: string;
  readonly direction: StreamDirection;
  readonly columns: {
    readonly names: readonly string[];
    /** Columns that may be watched at most; absent: the default. */
    readonly max: number | undefined;
  };
  /** Comparison margin and entropy of probabilities too. */
  readonly derived: boolean;
}

/** Values of a tensor by row and column. */
interface Table {
  readonly data: ArrayLike<unknown>;
  readonly rows: number;
  readonly columns: number;
}

/** The values of a tensor in memory; `undefined` for those elsewhere and for other kinds of value. */
function tableOf({ dims, data, location }: ObservedTensor): Table | undefined {
  if (location !== undefined && location !== 'cpu') return undefined;
  const isArray = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
  if (!isArray) return undefined;
  const values = data as unknown as ArrayLike<unknown>;
  const rows = dims.length === 0 ? 1 : (dims[0] ?? 0);
  const columns = dims.slice(1).reduce((product, size) => product * size, 1);
  return rows * columns === values.length ? { data: values, rows, columns } : undefined;
}

const FLOATS: readonly string[] = ['float32', 'float64'];
const INTEGERS: readonly string[] = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
];

/**
 * Makes the streams of a tensor from what its first values look like: `none` when it cannot be
 * watched, `empty` when it has no rows yet.
 */
export function tensorStreams(
  monitor: DriftMonitor,
  place: TensorPlace,
  tensor: ObservedTensor,
): TensorStreams | 'none' | 'empty' {
  const table = tableOf(tensor);
  if (table === undefined || table.columns === 0) return 'none';
  if (table.rows === 0) return 'empty';
  const isKnown = place.direction === 'output' && holdsProbabilities(place.model, place.name);
  const add = (name: string, kind: StreamKind): DriftStream => {
    const { name: model, version } = place.model;
    const key = { model, version, name, direction: place.direction };
    return isKnown ? monitor.stream(key, kind) : monitor.guessedStream(key, kind);
  };
  if (place.direction === 'output' && isProbabilities(table, tensor.type)) {
    return probabilityStreams(table.columns, place, add);
  }
  const kind = columnKind(table, tensor.type, place.direction);
  if (kind === undefined) return 'none';
  const columns = Math.min(table.columns, place.columns.max ?? NUMERIC_COLUMNS_MAX);
  if (columns <= 0) return 'none';
  return columnStreams(
    Array.from({ length: columns }, (_, column) => add(columnName(place, table, column), kind)),
  );
}

function columnName({ name, columns }: TensorPlace, table: Table, column: number): string {
  const given = columns.names[column];
  if (given !== undefined) return given;
  return table.columns === 1 ? name : `${name}[${column}]`;
}

function columnKind(
  table: Table,
  type: string,
  direction: StreamDirection,
): StreamKind | undefined {
  if (type === 'string' || type === 'bool') return 'categorical';
  // A model answers integers to name classes, and takes them to count.
  if (INTEGERS.includes(type)) return direction === 'output' ? 'categorical' : 'numeric';
  if (!FLOATS.includes(type)) return undefined;
  const isShare = direction === 'output' && table.columns === 1 && everyRow(table, isProbabilityAt);
  return isShare ? 'score' : 'numeric';
}

const isProbabilityAt = ({ data }: Table, row: number): boolean =>
  readProbability(data[row]) !== undefined;

function isProbabilities(table: Table, type: string): boolean {
  const { columns } = table;
  if (!FLOATS.includes(type) || columns < 2 || columns > CLASSES_MAX) return false;
  return everyRow(table, ({ data }, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column += 1) {
      const value = readProbability(data[row * columns + column]);
      if (value === undefined) return false;
      sum += value;
    }
    return Math.abs(sum - 1) <= PROBABILITY_ROUNDING;
  });
}

function everyRow(table: Table, passes: (table: Table, row: number) => boolean): boolean {
  return sampledRows(table.rows, ROWS_LOOKED_AT).every((row) => passes(table, row));
}

function sampledRows(rows: number, rowsMax: number): readonly number[] {
  const taken = Math.min(rows, rowsMax);
  return Array.from({ length: taken }, (_, index) => Math.floor((index * rows) / taken));
}

function columnStreams(streams: readonly DriftStream[]): TensorStreams {
  return {
    columns: streams.length,
    streams: streams.length,
    observe: (tensor, { rowsMax, batch }) => {
      const table = tableOf(tensor);
      if (table === undefined) return;
      for (const row of sampledRows(table.rows, rowsMax)) {
        for (const [column, stream] of streams.entries()) {
          // A row may become shorter: what is not there is missing.
          const isThere = column < table.columns;
          stream.observe(isThere ? table.data[row * table.columns + column] : null, batch);
        }
      }
    },
  };
}

/**
 * Confidence and class of probabilities, of two classes the score of the second, and where it is
 * asked for the lead over the second class and the entropy.
 */
function probabilityStreams(
  classes: number,
  { name, derived }: TensorPlace,
  add: (name: string, kind: StreamKind) => DriftStream,
): TensorStreams {
  const score = classes === 2 ? add(`${name}.score`, 'score') : undefined;
  const confidence = add(`${name}.confidence`, 'confidence');
  const chosen = add(`${name}.class`, 'categorical');
  const isDerived = derived && classes <= DERIVED_CLASSES_MAX;
  const margin = isDerived ? add(`${name}.margin`, 'numeric') : undefined;
  const entropy = isDerived ? add(`${name}.entropy`, 'numeric') : undefined;
  return {
    columns: classes,
    streams: 2 + (score === undefined ? 0 : 1) + (isDerived ? 2 : 0),
    observe: (tensor, { rowsMax, batch }) => {
      const table = tableOf(tensor);
      if (table === undefined) return;
      for (const row of sampledRows(table.rows, rowsMax)) {
        const best = likeliest(table, row);
        const p = table.data[row * table.columns + best];
        score?.observe(table.data[row * table.columns + 1], batch);
        confidence.observe(p, batch);
        // A row with NaN has no likeliest class; NaN is counted as invalid.
        chosen.observe(Number.isNaN(Number(p)) ? Number.NaN : best, batch);
        margin?.observe(marginOf(table, row, best), batch);
        entropy?.observe(entropyOf(table, row), batch);
      }
    },
  };
}

/** The lead of the likeliest class over the second. */
function marginOf({ data, columns }: Table, row: number, best: number): number {
  let second = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < columns; column += 1) {
    if (column !== best) second = Math.max(second, Number(data[row * columns + column]));
  }
  return Number(data[row * columns + best]) - second;
}

/** In nats. */
function entropyOf({ data, columns }: Table, row: number): number {
  let entropy = 0;
  for (let column = 0; column < columns; column += 1) {
    const p = Number(data[row * columns + column]);
    // Rounding may leave a probability below 0.
    if (p > 0 || Number.isNaN(p)) entropy -= p * Math.log(p);
  }
  return entropy;
}

/** The column of the largest value; a row that holds NaN gives that column, so that it is seen. */
function likeliest({ data, columns }: Table, row: number): number {
  let best = 0;
  for (let column = 0; column < columns; column += 1) {
    const value = Number(data[row * columns + column]);
    if (Number.isNaN(value)) return column;
    if (value > Number(data[row * columns + best])) best = column;
  }
  return best;
}
