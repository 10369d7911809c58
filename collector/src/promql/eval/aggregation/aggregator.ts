import { compactHistogram } from '../../../model/histogram/compact.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { HistogramSum } from '../../../model/histogram/sum.ts';
import {
  bucketsReconciled,
  counterResetCollision,
  histogramIgnoredInAggregation,
  mixedBucketSchemas,
  mixedFloatsAndHistogramsInAggregation,
} from '../../annotations.ts';
import type { AggregateOperator, Aggregation } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import { HistogramAverage } from '../../functions/over-time/histograms.ts';
import { quantileOf } from '../../functions/over-time/quantile.ts';
import { AGGREGATIONS, type AggregationKernel, GroupColumns } from '../../kernels/aggregation.ts';
import type { Query } from '../query.ts';

/** Aggregates the samples of one group at one step, then starts over. */
export interface Aggregator {
  addFloat(value: number): void;
  addHistogram(histogram: NativeHistogram, metricName: string): void;
  /** The result of the samples added since the last call, `undefined` when there is none. */
  finish(parameter: number): number | NativeHistogram | undefined;
}

/** The floats of one group, by the kernel that rules use too. */
class FloatGroup {
  readonly #kernel: AggregationKernel;
  readonly #columns = new GroupColumns(1);

  constructor(kernel: AggregationKernel) {
    this.#kernel = kernel;
  }

  get isEmpty(): boolean {
    return this.#columns.counts[0] === 0;
  }

  add(value: number): void {
    this.#kernel.add(this.#columns, 0, value);
  }

  /** The result, `undefined` without a value; starts over. */
  finish(): number | undefined {
    const result = this.isEmpty ? undefined : this.#kernel.result(this.#columns, 0);
    this.#columns.start(1);
    return result;
  }
}

/** `count` and `group`, to which a histogram is a sample like any other. */
class CountAggregator implements Aggregator {
  readonly #group: FloatGroup;

  constructor(kernel: AggregationKernel) {
    this.#group = new FloatGroup(kernel);
  }

  addFloat(value: number): void {
    this.#group.add(value);
  }

  addHistogram(): void {
    this.#group.add(0);
  }

  finish(): number | undefined {
    return this.#group.finish();
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

class KernelAggregator extends FloatAggregator {
  readonly #group: FloatGroup;

  constructor(expr: Aggregation, query: Query, kernel: AggregationKernel) {
    super(expr, query);
    this.#group = new FloatGroup(kernel);
  }

  addFloat(value: number): void {
    this.#group.add(value);
  }

  finish(): number | undefined {
    return this.#group.finish();
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

/** `sum` and `avg` of floats or histograms; a mix of both gives nothing. */
class SumAggregator implements Aggregator {
  readonly #expr: Aggregation;
  readonly #query: Query;
  readonly #isAverage: boolean;
  readonly #floats: FloatGroup;
  #histograms: HistogramSum | undefined;
  #average = new HistogramAverage();
  #hasHistogram = false;
  #isIncompatible = false;
  readonly #hints = new Set<string>();

  constructor(expr: Aggregation, query: Query, isAverage: boolean) {
    this.#expr = expr;
    this.#query = query;
    this.#isAverage = isAverage;
    this.#floats = new FloatGroup(isAverage ? AGGREGATIONS.avg : AGGREGATIONS.sum);
  }

  addFloat(value: number): void {
    if (!this.#isIncompatible) this.#floats.add(value);
  }

  addHistogram(histogram: NativeHistogram, metricName: string): void {
    if (this.#isIncompatible) return;
    this.#hasHistogram = true;
    if (this.#histograms === undefined) {
      // With floats before it the result is nothing, so the histograms need no sum.
      if (!this.#floats.isEmpty) return;
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
    const result = this.#result(this.#floats.finish());
    this.#histograms = undefined;
    this.#average = new HistogramAverage();
    this.#hasHistogram = false;
    this.#isIncompatible = false;
    this.#hints.clear();
    return result;
  }

  #result(float: number | undefined): number | NativeHistogram | undefined {
    const { position } = this.#expr.expr;
    if (this.#histograms?.isReconciled === true) {
      this.#query.annotate(bucketsReconciled('aggregation', position));
    }
    if (float !== undefined && this.#hasHistogram) {
      this.#query.annotate(mixedFloatsAndHistogramsInAggregation(position));
      return undefined;
    }
    if (this.#isIncompatible) return undefined;
    if (float !== undefined) return float;
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

type Create = (expr: Aggregation, query: Query) => Aggregator;

const AGGREGATORS: ReadonlyMap<AggregateOperator, Create> = new Map<AggregateOperator, Create>([
  ['sum', (expr, query) => new SumAggregator(expr, query, false)],
  ['avg', (expr, query) => new SumAggregator(expr, query, true)],
  ['count', () => new CountAggregator(AGGREGATIONS.count)],
  ['group', () => new CountAggregator(AGGREGATIONS.group)],
  ['min', (expr, query) => new KernelAggregator(expr, query, AGGREGATIONS.min)],
  ['max', (expr, query) => new KernelAggregator(expr, query, AGGREGATIONS.max)],
  ['quantile', (expr, query) => new QuantileAggregator(expr, query)],
  ['stddev', (expr, query) => new KernelAggregator(expr, query, AGGREGATIONS.stddev)],
  ['stdvar', (expr, query) => new KernelAggregator(expr, query, AGGREGATIONS.stdvar)],
]);

/** An aggregator for operators that give one series a group. */
export function createAggregator(expr: Aggregation, query: Query): Aggregator {
  const create = AGGREGATORS.get(expr.operator);
  if (create === undefined) {
    throw evaluationError(`unknown aggregation "${expr.operator}"`, expr.position);
  }
  return create(expr, query);
}
