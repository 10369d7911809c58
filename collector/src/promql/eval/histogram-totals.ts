import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import { isCounterReset } from '../../model/histogram/reset.ts';
import type { Expr, VectorSelector } from '../ast.ts';
import { childrenOf } from './children.ts';

/** Functions that need no buckets. */
const OF_TOTALS: ReadonlySet<string> = new Set([
  'histogram_avg',
  'histogram_count',
  'histogram_sum',
]);

/** Functions that need the buckets. */
const OF_BUCKETS: ReadonlySet<string> = new Set([
  'histogram_fraction',
  'histogram_quantile',
  'histogram_quantiles',
]);

/**
 * The selectors of which only count and sum of histograms are asked for. Their histograms are taken
 * without buckets, after looking for counter resets: cheaper, and as upstream a difference that
 * annotations show.
 */
export function selectorsOfTotals(expr: Expr): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  visit(expr, false, found);
  return found;
}

function visit(expr: Expr, isOfTotals: boolean, found: Set<VectorSelector>): void {
  if (expr.kind === 'vectorSelector' && isOfTotals) found.add(expr);
  for (const child of childrenOf(expr)) visit(child, areTotalsEnough(expr, isOfTotals), found);
}

/** Whether the parts of an expression need no buckets when `isOfTotals` holds for itself. */
function areTotalsEnough(expr: Expr, isOfTotals: boolean): boolean {
  // Steps of a subquery need the buckets to find resets between them.
  if (expr.kind === 'subquery') return false;
  if (expr.kind === 'binary') {
    return isOfTotals && expr.operator !== '</' && expr.operator !== '>/';
  }
  if (expr.kind !== 'call') return isOfTotals;
  return !OF_BUCKETS.has(expr.function) && (isOfTotals || OF_TOTALS.has(expr.function));
}

/** Histograms without buckets. If the hint is unknown, resets are detected from the buckets first. */
export function totalsOf(
  histograms: readonly (NativeHistogram | undefined)[],
  { from, to }: { readonly from: number; readonly to: number },
): (NativeHistogram | undefined)[] {
  const totals: (NativeHistogram | undefined)[] = [];
  let previous: NativeHistogram | undefined;
  for (let position = from; position < to; position += 1) {
    const histogram = histograms[position];
    if (histogram === undefined) continue;
    totals[position] = withoutBuckets(histogram, hintAfter(previous, histogram));
    previous = histogram;
  }
  return totals;
}

type Hint = NativeHistogram['counterResetHint'];

function hintAfter(previous: NativeHistogram | undefined, current: NativeHistogram): Hint {
  if (current.counterResetHint !== 'unknown' || previous === undefined) {
    return current.counterResetHint;
  }
  return isCounterReset(previous, current) ? 'reset' : 'not_reset';
}

function withoutBuckets(histogram: NativeHistogram, counterResetHint: Hint): NativeHistogram {
  return {
    schema: histogram.schema,
    counterResetHint,
    zeroThreshold: 0,
    zeroCount: 0,
    count: histogram.count,
    sum: histogram.sum,
    positiveSpans: [],
    positiveCounts: [],
    negativeSpans: [],
    negativeCounts: [],
    customValues: [],
  };
}
