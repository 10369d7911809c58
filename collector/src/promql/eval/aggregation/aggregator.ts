import { CompensatedSum } from '../../../model/compensated-sum.ts';
import { compactHistogram } from '../../../model/histogram/compact.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { HistogramSum } from '../../../model/histogram/sum.ts';
import type { AggregateOperator, Aggregation } from '../../ast.ts';
import { HistogramAverage } from '../../functions/over-time-histograms.ts';
import { quantileOf } from '../../functions/quantile.ts';
import {
  bucketsReconciled,
  counterResetCollision,
  histogramIgnoredInAggregation,
  mixedBucketSchemas,
  mixedFloatsAndHistogramsInAggregation,
} from '../annotations.ts';
import type { Query } from '../query.ts';
import { evaluationError } from '../query.ts';

/** Aggregates the samples of one group at one step, then starts over. */
export interface Aggregator {
  addFloat(value: number): void;
  addHistogram(histogram: NativeHistogram, metricName: string): void;
  /** The result of the samples added since the last call, `undefined` when there is none. */
  finish(parameter: number): number | NativeHistogram | undefined;
}

class CountAggregator implements Aggregator {
  readonly #isGroup: boolean;
  #count = 0;

  constructor(isGroup: boolean) {
    this.#isGroup = isGroup;
  }

  addFloat(): void {
    this.#count += 1;
  }

  addHistogram(): void {
    this.#count += 1;
  }

  finish(): number | undefined {
    const count = this.#count;
    this.#count = 0;
    if (count === 0) return undefined;
    return this.#isGroup ? 1 : count;
  }
}

/** Operators of floats, which leave histograms aside and say so. */
abstract class FloatAggregator implements Aggregator {
  readonly #expr: Aggregation;
  readonly #query: Query;

  constructor(expr: Aggregation, query: Query) {
    this.#expr = expr;
    this.#query = query;
  }

  addHistogram(): void {
    const { operator, expr } = this.#expr;
    this.#query.annotate(histogramIgnoredInAggregation(operator, expr.position));
  }

  abstract addFloat(value: number): void;
  abstract finish(parameter: number): number | undefined;
}

class ExtremeAggregator extends FloatAggregator {
  readonly #isBetter: (value: number, best: number) => boolean;
  #best: number | undefined;

  constructor(expr: Aggregation, query: Query, isBetter: (value: number, best: number) => boolean) {
    super(expr, query);
    this.#isBetter = isBetter;
  }

  addFloat(value: number): void {
    const best = this.#best;
    const isFirst = best === undefined || Number.isNaN(best);
    if (isFirst || this.#isBetter(value, best)) this.#best = value;
  }

  finish(): number | undefined {
    const best = this.#best;
    this.#best = undefined;
    return best;
  }
}

class QuantileAggregator extends FloatAggregator {
  #values: number[] = [];

  addFloat(value: number): void {
    this.#values.push(value);
  }

  finish(parameter: number): number | undefined {
    const values = this.#values;
    this.#values = [];
    return values.length === 0 ? undefined : quantileOf(parameter, values);
  }
}

/** `stdvar` and `stddev`: population variance after Welford. */
class VarianceAggregator extends FloatAggregator {
  readonly #isDeviation: boolean;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(expr: Aggregation, query: Query) {
    super(expr, query);
    this.#isDeviation = expr.operator === 'stddev';
  }

  addFloat(value: number): void {
    this.#count += 1;
    if (this.#count === 1) {
      this.#mean = value;
      this.#squares = Number.isFinite(value) ? 0 : Number.NaN;
      return;
    }
    const change = value - this.#mean;
    this.#mean += change / this.#count;
    this.#squares += change * (value - this.#mean);
  }

  finish(): number | undefined {
    const variance = this.#squares / this.#count;
    const isEmpty = this.#count === 0;
    this.#count = 0;
    if (isEmpty) return undefined;
    return this.#isDeviation ? Math.sqrt(variance) : variance;
  }
}

/** `sum` and `avg` of floats or histograms; a mix of both gives nothing. */
class SumAggregator implements Aggregator {
  readonly #expr: Aggregation;
  readonly #query: Query;
  readonly #isAverage: boolean;
  #floats = new FloatMean();
  #histograms: HistogramSum | undefined;
  #average = new HistogramAverage();
  #hasHistogram = false;
  #isIncompatible = false;
  readonly #hints = new Set<string>();

  constructor(expr: Aggregation, query: Query, isAverage: boolean) {
    this.#expr = expr;
    this.#query = query;
    this.#isAverage = isAverage;
  }

  addFloat(value: number): void {
    if (!this.#isIncompatible) this.#floats.add(value, this.#isAverage);
  }

  addHistogram(histogram: NativeHistogram, metricName: string): void {
    if (this.#isIncompatible) return;
    this.#hasHistogram = true;
    if (this.#histograms === undefined) {
      // With floats before it the result is nothing, so the histograms need no sum.
      if (this.#floats.count > 0) return;
      this.#histograms = new HistogramSum(histogram);
      this.#hints.add(histogram.counterResetHint);
      return;
    }
    this.#hints.add(histogram.counterResetHint);
    const isAdded = this.#isAverage
      ? this.#average.add(this.#histograms, histogram)
      : this.#histograms.add(histogram);
    if (isAdded) return;
    this.#isIncompatible = true;
    this.#query.annotate(mixedBucketSchemas(metricName, this.#expr.expr.position));
  }

  finish(): number | NativeHistogram | undefined {
    const result = this.#result();
    this.#floats = new FloatMean();
    this.#histograms = undefined;
    this.#average = new HistogramAverage();
    this.#hasHistogram = false;
    this.#isIncompatible = false;
    this.#hints.clear();
    return result;
  }

  #result(): number | NativeHistogram | undefined {
    const { position } = this.#expr.expr;
    const hasFloat = this.#floats.count > 0;
    if (this.#histograms?.isReconciled === true) {
      this.#query.annotate(bucketsReconciled('aggregation', position));
    }
    if (hasFloat && this.#hasHistogram) {
      this.#query.annotate(mixedFloatsAndHistogramsInAggregation(position));
      return undefined;
    }
    if (this.#isIncompatible) return undefined;
    if (hasFloat) return this.#floats.result(this.#isAverage);
    if (this.#histograms === undefined) return undefined;
    if (this.#hints.has('reset') && this.#hints.has('not_reset')) {
      this.#query.annotate(counterResetCollision('aggregation', position));
    }
    const total = this.#isAverage
      ? this.#average.finish(this.#histograms)
      : this.#histograms.total();
    return compactHistogram(total);
  }
}

/** A compensated sum that turns into a running mean when it would grow beyond all floats. */
class FloatMean {
  count = 0;
  readonly #sum = new CompensatedSum();
  #isRunning = false;

  add(value: number, isAverage: boolean): void {
    this.count += 1;
    const sum = this.#sum;
    if (this.count === 1) {
      sum.sum = value;
      return;
    }
    if (!isAverage) {
      sum.add(value);
      return;
    }
    if (!this.#isRunning) {
      const [before, compensation] = [sum.sum, sum.compensation];
      sum.add(value);
      if (Math.abs(sum.sum) !== Infinity) return;
      this.#isRunning = true;
      sum.sum = before / (this.count - 1);
      sum.compensation = compensation / (this.count - 1);
    }
    const share = (this.count - 1) / this.count;
    sum.sum *= share;
    sum.compensation *= share;
    sum.add(value / this.count);
  }

  result(isAverage: boolean): number {
    const sum = this.#sum;
    if (!isAverage || this.#isRunning) return sum.total;
    return sum.sum / this.count + sum.compensation / this.count;
  }
}

type Create = (expr: Aggregation, query: Query) => Aggregator;

const AGGREGATORS: ReadonlyMap<AggregateOperator, Create> = new Map<AggregateOperator, Create>([
  ['sum', (expr, query) => new SumAggregator(expr, query, false)],
  ['avg', (expr, query) => new SumAggregator(expr, query, true)],
  ['count', () => new CountAggregator(false)],
  ['group', () => new CountAggregator(true)],
  ['min', (expr, query) => new ExtremeAggregator(expr, query, (value, best) => value < best)],
  ['max', (expr, query) => new ExtremeAggregator(expr, query, (value, best) => value > best)],
  ['quantile', (expr, query) => new QuantileAggregator(expr, query)],
  ['stddev', (expr, query) => new VarianceAggregator(expr, query)],
  ['stdvar', (expr, query) => new VarianceAggregator(expr, query)],
]);

/** An aggregator for operators that give one series a group. */
export function createAggregator(expr: Aggregation, query: Query): Aggregator {
  const create = AGGREGATORS.get(expr.operator);
  if (create === undefined) {
    throw evaluationError(`unknown aggregation "${expr.operator}"`, expr.position);
  }
  return create(expr, query);
}
