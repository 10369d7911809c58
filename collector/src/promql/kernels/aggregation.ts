import { roundingLoss } from '../../model/compensated-sum.ts';

/** The operators that aggregate floats one by one, without knowing them all. */
export type FloatAggregation =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar';

/** What is known so far of each group of an aggregation, by the number of the group. */
export class GroupColumns {
  /** How many values a group has; its other columns mean something from the first value on. */
  counts: Float64Array;
  values: Float64Array;
  /** What rounding lost (sums), or the mean so far (variances). */
  carried: Float64Array;
  /** 1 for an average whose sum would be beyond all floats: `values` holds the mean instead. */
  isRunning: Uint8Array;

  constructor(capacity: number) {
    this.counts = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.carried = new Float64Array(capacity);
    this.isRunning = new Uint8Array(capacity);
  }

  /** Starts over with `count` groups, all of them empty. */
  start(count: number): void {
    if (count > this.counts.length) {
      this.counts = new Float64Array(count * 2);
      this.values = new Float64Array(count * 2);
      this.carried = new Float64Array(count * 2);
      this.isRunning = new Uint8Array(count * 2);
    }
    this.counts.fill(0, 0, count);
  }
}

export interface AggregationKernel {
  readonly add: (columns: GroupColumns, group: number, value: number) => void;
  /** The result of a group that has a value. */
  readonly result: (columns: GroupColumns, group: number) => number;
}

/** Neumaier's compensated sum, as `CompensatedSum` but in columns. */
function addToSum({ values, counts, carried }: GroupColumns, group: number, value: number): void {
  const count = counts[group] ?? 0;
  counts[group] = count + 1;
  if (count === 0) {
    values[group] = value;
    carried[group] = 0;
    return;
  }
  const sum = values[group] ?? 0;
  const total = sum + value;
  values[group] = total;
  if (total === Infinity || total === -Infinity) carried[group] = 0;
  else carried[group] = (carried[group] ?? 0) + roundingLoss(sum, value, total);
}

/** A compensated sum, which turns into a running mean when it would grow beyond all floats. */
function addToMean(columns: GroupColumns, group: number, value: number): void {
  const { values, counts, carried, isRunning } = columns;
  const before = counts[group] ?? 0;
  if (before === 0) isRunning[group] = 0;
  if (isRunning[group] === 0) {
    const sum = values[group] ?? 0;
    const loss = carried[group] ?? 0;
    addToSum(columns, group, value);
    const total = values[group] ?? 0;
    if (before === 0 || (total !== Infinity && total !== -Infinity)) return;
    isRunning[group] = 1;
    values[group] = sum / before;
    carried[group] = loss / before;
    counts[group] = before;
  }
  const share = before / (before + 1);
  values[group] = (values[group] ?? 0) * share;
  carried[group] = (carried[group] ?? 0) * share;
  addToSum(columns, group, value / (before + 1));
}

const sumOf: AggregationKernel['result'] = ({ values, carried }, group) =>
  (values[group] ?? 0) + (carried[group] ?? 0);

const meanOf: AggregationKernel['result'] = (columns, group) => {
  if (columns.isRunning[group] === 1) return sumOf(columns, group);
  const count = columns.counts[group] ?? 1;
  return (columns.values[group] ?? 0) / count + (columns.carried[group] ?? 0) / count;
};

function increment({ counts }: GroupColumns, group: number): void {
  counts[group] = (counts[group] ?? 0) + 1;
}

/** A number takes the place of NaN. */
function takeSmaller({ values, counts }: GroupColumns, group: number, value: number): void {
  const known = values[group] ?? 0;
  if (counts[group] === 0 || value < known || Number.isNaN(known)) values[group] = value;
  counts[group] = (counts[group] ?? 0) + 1;
}

/** A number takes the place of NaN. */
function takeLarger({ values, counts }: GroupColumns, group: number, value: number): void {
  const known = values[group] ?? 0;
  if (counts[group] === 0 || value > known || Number.isNaN(known)) values[group] = value;
  counts[group] = (counts[group] ?? 0) + 1;
}

/** Welford's sum of squared deviations; `carried` holds the mean. */
function addDeviation(
  { values, counts, carried }: GroupColumns,
  group: number,
  value: number,
): void {
  const count = (counts[group] ?? 0) + 1;
  counts[group] = count;
  if (count === 1) {
    values[group] = Number.isFinite(value) ? 0 : Number.NaN;
    carried[group] = value;
    return;
  }
  const mean = carried[group] ?? 0;
  const next = mean + (value - mean) / count;
  carried[group] = next;
  values[group] = (values[group] ?? 0) + (value - mean) * (value - next);
}

const valueOf: AggregationKernel['result'] = ({ values }, group) => values[group] ?? 0;
const varianceOf: AggregationKernel['result'] = ({ values, counts }, group) =>
  (values[group] ?? 0) / (counts[group] ?? 1);

export const AGGREGATIONS: Readonly<Record<FloatAggregation, AggregationKernel>> = {
  sum: { add: addToSum, result: sumOf },
  avg: { add: addToMean, result: meanOf },
  count: { add: increment, result: ({ counts }, group) => counts[group] ?? 0 },
  min: { add: takeSmaller, result: valueOf },
  max: { add: takeLarger, result: valueOf },
  group: { add: increment, result: () => 1 },
  stddev: { add: addDeviation, result: (columns, group) => Math.sqrt(varianceOf(columns, group)) },
  stdvar: { add: addDeviation, result: varianceOf },
};
