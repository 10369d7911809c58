import { DETAILED_ROWS_PER_RUN_MAX, PROBABILITY_ROUNDING } from '@telltale/core';
import type { TensorLike, TensorMap } from '@telltale/instrumentation-onnxruntime';

import { type FloatTable, floatTable, rowOf } from './float-table.ts';
import { LabelColumns } from './label-columns.ts';
import type { OutputReader } from './output-reader.ts';

/** A prediction read from one row of a result. */
export interface RowPrediction {
  readonly outcome: string;
  /** Probability of the outcome; absent where it is not known. */
  readonly confidence?: number;
  /** Of two classes: the probability of the second one, and whether it was chosen. */
  readonly decision?: { readonly score: number; readonly isPositive: boolean };
}

export interface ReadRows {
  /** The first 1024 rows. */
  readonly rows: readonly RowPrediction[];
  /** Outcomes of the rows after them, with their numbers. */
  readonly rest: ReadonlyMap<string, number>;
  /** Rows that are no prediction: NaN in a distribution. */
  readonly invalid: number;
}

const THRESHOLD = 0.5;

type Numbers = ArrayLike<number>;
/** The prediction of a row; `invalid` for a row that holds none. */
type ReadRow = (row: number) => RowPrediction | 'invalid';

/**
 * Reads the results of one model. Every row is counted, whatever its number: one pass over the
 * output, which the model has just written.
 */
export class RowReader {
  readonly #reader: OutputReader;
  readonly #labels = new LabelColumns();
  /** Whether a result has looked like this kind of model: then a bad row is just a bad row. */
  #isConfirmed: boolean;
  /** Whether labels are numbers but not those of columns: -1 and 1, 1 and 2. */
  #hasOtherNumbers = false;

  constructor(reader: OutputReader) {
    this.#reader = reader;
    this.#isConfirmed = !reader.isGuess;
  }

  /**
   * The predictions in a result, one a row; `'none'` when it has no output to read here, because it
   * was not fetched or lies on another device. `undefined` when the result does not look like what
   * the reader expects: then it is not this kind of model after all.
   */
  read(results: TensorMap): ReadRows | 'none' | undefined {
    const tensor = results[this.#reader.tensor];
    if (tensor === undefined || !isOnCpu(tensor)) return 'none';
    const read =
      this.#reader.kind === 'class'
        ? this.#readClasses(tensor, results)
        : this.#readFloats(floatTable(tensor));
    if (read !== undefined && read.rows.length > 0) this.#isConfirmed = true;
    return read;
  }

  #readFloats(table: FloatTable | undefined): ReadRows | undefined {
    if (table === undefined) return undefined;
    const { kind } = this.#reader;
    if (kind === 'score') {
      return table.columns === 1 ? collect(table.rows, this.#scoreReader(table)) : undefined;
    }
    if (kind === 'logits') {
      return collect(table.rows, (row) => this.#distribution(softmax(rowOf(table, row))));
    }
    if (!this.#looksRight(table)) return undefined;
    return collect(table.rows, (row) => this.#distribution(rowOf(table, row)));
  }

  /** Every finite row of the first result of a guessed model adds up to 1. */
  #looksRight(table: FloatTable): boolean {
    if (this.#isConfirmed) return true;
    for (let row = 0; row < table.rows; row++) {
      const values = rowOf(table, row);
      if (!values.some(Number.isNaN) && !isDistribution(values)) return false;
    }
    return true;
  }

  #distribution(values: Numbers): RowPrediction | 'invalid' {
    if (this.#reader.isGuess && !isDistribution(values)) return 'invalid';
    const best = indexOfMax(values);
    if (best === undefined) return 'invalid';
    const chosen = this.#overThreshold(values) ?? best;
    return this.#chosen(labelOf(this.#reader, chosen), values, chosen);
  }

  /** Of two classes with a threshold of their own, the one that it says. */
  #overThreshold(values: Numbers): number | undefined {
    const { threshold } = this.#reader;
    if (threshold === undefined || values.length !== 2) return undefined;
    const positive = this.#positiveColumn;
    return (values[positive] ?? 0) >= threshold ? positive : 1 - positive;
  }

  get #positiveColumn(): number {
    const { labels, positive } = this.#reader;
    return positive !== undefined && labels?.indexOf(positive) === 0 ? 0 : 1;
  }

  #chosen(outcome: string, values: Numbers, column: number): RowPrediction {
    const confidence = values[column];
    const score = values.length === 2 ? values[1] : undefined;
    return {
      outcome,
      ...(confidence === undefined ? {} : { confidence }),
      ...(score === undefined ? {} : { decision: { score, isPositive: column === 1 } }),
    };
  }

  /** One score a row: at or above the threshold it is the positive label. */
  #scoreReader({ data }: FloatTable): ReadRow {
    const { threshold = THRESHOLD, sigmoid } = this.#reader;
    const [negative, positive] = scoreLabels(this.#reader);
    return (row) => {
      const raw = data[row] ?? Number.NaN;
      if (Number.isNaN(raw)) return 'invalid';
      const score = sigmoid === true ? 1 / (1 + Math.exp(-raw)) : raw;
      const isPositive = score >= threshold;
      return {
        outcome: isPositive ? positive : negative,
        confidence: isPositive ? score : 1 - score,
        decision: { score, isPositive },
      };
    };
  }

  /** The class itself in a tensor, and maybe its probabilities in another. */
  #readClasses(tensor: TensorLike, results: TensorMap): ReadRows | undefined {
    const { data } = tensor;
    if (!isSequence(data)) return undefined;
    const reader = this.#reader;
    const scores = reader.score === undefined ? undefined : results[reader.score];
    const table = scores === undefined || !isOnCpu(scores) ? undefined : floatTable(scores);
    if (table === undefined) {
      return collect(data.length, (row) => ({ outcome: classLabel(reader, data[row]) }));
    }
    if (table.rows !== data.length || (reader.isGuess && !this.#looksRight(table))) {
      return undefined;
    }
    if (table.columns <= 2) this.#learnLabels(data, table);
    return collect(data.length, (row) => this.#classOf(data[row], rowOf(table, row)));
  }

  /** All rows of a result first: two labels tell more than one. */
  #learnLabels(data: ArrayLike<unknown>, table: FloatTable): void {
    for (let row = 0; row < table.rows; row++) {
      const second = table.data[(row + 1) * table.columns - 1] ?? Number.NaN;
      const label = data[row];
      if (isNumber(label) && (label < 0 || label > 1)) this.#hasOtherNumbers = true;
      this.#labels.learn(classLabel(this.#reader, label), second);
    }
  }

  #classOf(label: unknown, values: Numbers): RowPrediction {
    const outcome = classLabel(this.#reader, label);
    const only = values[0];
    if (values.length === 1 && only !== undefined) {
      const isPositive = this.#columnOf(label, outcome, 2) === 1;
      const confidence = isPositive ? only : 1 - only;
      return { outcome, confidence, decision: { score: only, isPositive } };
    }
    const column = this.#columnOf(label, outcome, values.length) ?? indexOfMax(values);
    return column === undefined ? { outcome } : this.#chosen(outcome, values, column);
  }

  /** The column of a label; `undefined` where only its probability can tell. */
  #columnOf(label: unknown, outcome: string, columns: number): number | undefined {
    const { labels } = this.#reader;
    if (isNumber(label) && (columns > 2 || labels !== undefined || !this.#hasOtherNumbers)) {
      const index = Number(label);
      return index >= 0 && index < columns ? index : undefined;
    }
    const named = labels?.indexOf(outcome) ?? -1;
    if (named !== -1) return named;
    return columns === 2 ? this.#labels.columnOf(outcome) : undefined;
  }
}

function collect(count: number, read: ReadRow): ReadRows {
  const rows: RowPrediction[] = [];
  const rest = new Map<string, number>();
  let invalid = 0;
  for (let row = 0; row < count; row++) {
    const one = read(row);
    if (one === 'invalid') invalid += 1;
    else if (rows.length < DETAILED_ROWS_PER_RUN_MAX) rows.push(one);
    else rest.set(one.outcome, (rest.get(one.outcome) ?? 0) + 1);
  }
  return { rows, rest, invalid };
}

function isOnCpu({ location }: TensorLike): boolean {
  return location === undefined || location === 'cpu';
}

function scoreLabels({ labels, positive }: OutputReader): readonly [string, string] {
  const isPositive = positive ?? labels?.[1] ?? 'positive';
  return [labels?.find((label) => label !== isPositive) ?? 'negative', isPositive];
}

function isSequence(data: unknown): data is ArrayLike<unknown> {
  return Array.isArray(data) || ArrayBuffer.isView(data);
}

const isNumber = (value: unknown): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number';

function classLabel(reader: OutputReader, value: unknown): string {
  return isNumber(value) ? labelOf(reader, Number(value)) : String(value);
}

function labelOf({ labels }: OutputReader, index: number): string {
  return labels?.[index] ?? String(index);
}

function isDistribution(values: Numbers): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const isProbability = value >= -PROBABILITY_ROUNDING && value <= 1 + PROBABILITY_ROUNDING;
    if (!isProbability) return false; // NaN too
    sum += value;
  }
  return Math.abs(sum - 1) <= PROBABILITY_ROUNDING;
}

/** `undefined` for a row that holds NaN: it has no largest value. */
function indexOfMax(values: Numbers): number | undefined {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) return undefined;
    if (value > (values[best] as number)) best = i;
  }
  return values.length === 0 ? undefined : best;
}

/** The maximum is subtracted first, so that no exponential overflows. */
function softmax(row: Numbers): Numbers {
  const max = row[indexOfMax(row) ?? 0] ?? 0;
  const exponentials = Float64Array.from(row, (value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
