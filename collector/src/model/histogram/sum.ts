import { CompensatedSum } from '../compensated-sum.ts';
import { foldSpans, negativeColumns, positiveColumns } from './buckets.ts';
import {
  addToCoarserBounds,
  dropEmptyBuckets,
  emptySide,
  intersectBounds,
} from './custom-bounds.ts';
import { listsEqual } from './equal.ts';
import type { CounterResetHint, NativeHistogram } from './histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA } from './histogram.ts';
import type { Side } from './side.ts';
import { copySide, mergeSides, reduceSide, sideOf } from './side.ts';
import type { ZeroBucketParts } from './zero-bucket.ts';
import { dropCoveredBuckets, widenZeroBucket } from './zero-bucket.ts';

/**
 * A compensated sum of native histograms.
 *
 * Different layouts are reconciled: to the lower schema, to the wider zero bucket, and with custom
 * buckets to the bounds that all have in common.
 */
export class HistogramSum {
  /** Custom bounds differed, so resolution was lost. */
  isReconciled = false;
  /** One histogram said that it follows a counter reset, another that it does not. */
  hasResetCollision = false;

  #hint: CounterResetHint;
  #schema: number;
  #zeroThreshold: number;
  #customValues: readonly number[];
  #zero: CompensatedSum;
  #count: CompensatedSum;
  #sum: CompensatedSum;
  #positive: Side;
  #negative: Side;

  constructor(histogram: NativeHistogram) {
    this.#hint = histogram.counterResetHint;
    this.#schema = histogram.schema;
    this.#zeroThreshold = histogram.zeroThreshold;
    this.#customValues = histogram.customValues;
    this.#zero = new CompensatedSum(histogram.zeroCount);
    this.#count = new CompensatedSum(histogram.count);
    this.#sum = new CompensatedSum(histogram.sum);
    this.#positive = sideOf(positiveColumns(histogram));
    this.#negative = sideOf(negativeColumns(histogram));
  }

  copy(): HistogramSum {
    const copy = new HistogramSum(this.total());
    copy.isReconciled = this.isReconciled;
    copy.hasResetCollision = this.hasResetCollision;
    copy.#zero = new CompensatedSum(this.#zero.sum, this.#zero.compensation);
    copy.#count = new CompensatedSum(this.#count.sum, this.#count.compensation);
    copy.#sum = new CompensatedSum(this.#sum.sum, this.#sum.compensation);
    copy.#positive = copySide(this.#positive);
    copy.#negative = copySide(this.#negative);
    return copy;
  }

  /**
   * Adds a histogram (or subtracts it, with the sign -1).
   *
   * @returns false, and nothing changes, when one side has custom buckets and the other has not.
   */
  add(other: NativeHistogram, sign: 1 | -1 = 1): boolean {
    const isCustom = this.#schema === CUSTOM_BUCKETS_SCHEMA;
    if (isCustom !== (other.schema === CUSTOM_BUCKETS_SCHEMA)) return false;
    this.#reconcileHint(other.counterResetHint);
    const positive = sideOf(positiveColumns(other));
    if (isCustom) {
      this.#addCustom(positive, other.customValues, sign);
    } else {
      this.#addExponential({ other, positive, sign });
    }
    this.#count.add(other.count * sign);
    this.#sum.add(other.sum * sign);
    return true;
  }

  multiply(factor: number): void {
    this.#change((value) => value * factor);
  }

  divide(divisor: number): void {
    this.#change((value) => value / divisor);
  }

  /** Whether anything in here has grown beyond the greatest float. */
  get hasOverflow(): boolean {
    const isInfinite = (value: number): boolean => value === Infinity || value === -Infinity;
    return (
      [this.#zero.sum, this.#count.sum, this.#sum.sum].some(isInfinite) ||
      this.#positive.counts.some(isInfinite) ||
      this.#negative.counts.some(isInfinite)
    );
  }

  /** The sum; buckets may be empty (see `compactHistogram`). */
  total(): NativeHistogram {
    return {
      schema: this.#schema,
      counterResetHint: this.#hint,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zero.total,
      count: this.#count.total,
      sum: this.#sum.total,
      positiveSpans: foldSpans(this.#positive.indices),
      positiveCounts: totals(this.#positive),
      negativeSpans: foldSpans(this.#negative.indices),
      negativeCounts: totals(this.#negative),
      customValues: this.#customValues,
    };
  }

  #addCustom(positive: Side, customValues: readonly number[], sign: 1 | -1): void {
    if (listsEqual(this.#customValues, customValues)) {
      const options = { schema: this.#schema, zeroThreshold: 0, sign };
      this.#positive = mergeSides(this.#positive, positive, options);
      return;
    }
    this.isReconciled = true;
    const bounds = intersectBounds(this.#customValues, customValues);
    const target = { side: emptySide(bounds), bounds };
    addToCoarserBounds(target, { side: this.#positive, bounds: this.#customValues, sign: 1 });
    addToCoarserBounds(target, { side: positive, bounds: customValues, sign });
    this.#positive = dropEmptyBuckets(target.side);
    this.#customValues = bounds;
  }

  #addExponential(addition: { other: NativeHistogram; positive: Side; sign: 1 | -1 }): void {
    const { other, sign } = addition;
    const negative = sideOf(negativeColumns(other));
    const zero = this.#reconcileZeroBucket({
      schema: other.schema,
      zeroThreshold: other.zeroThreshold,
      zeroCount: other.zeroCount,
      zeroCompensation: 0,
      positive: addition.positive,
      negative,
    });
    this.#zero.add(zero.sum * sign);
    this.#zero.add(zero.compensation * sign);
    const schema = Math.min(this.#schema, other.schema);
    const options = { schema, zeroThreshold: this.#zeroThreshold, sign };
    const ownSteps = this.#schema - schema;
    const otherSteps = other.schema - schema;
    this.#positive = mergeSides(
      reduceSide(this.#positive, ownSteps),
      reduceSide(addition.positive, otherSteps),
      options,
    );
    this.#negative = mergeSides(
      reduceSide(this.#negative, ownSteps),
      reduceSide(negative, otherSteps),
      options,
    );
    this.#schema = schema;
  }

  /**
   * Finds a zero bucket that is wide enough for both and cuts through no populated bucket of either,
   * and widens the own one; answers the zero count that the other histogram has then.
   */
  #reconcileZeroBucket(other: ZeroBucketParts): CompensatedSum {
    let threshold = other.zeroThreshold;
    let count = new CompensatedSum(other.zeroCount);
    while (threshold !== this.#zeroThreshold) {
      if (this.#zeroThreshold > threshold) {
        ({ threshold, count } = widenZeroBucket(other, this.#zeroThreshold));
      }
      if (threshold > this.#zeroThreshold) this.#widenOwnZeroBucket(threshold);
    }
    return count;
  }

  #widenOwnZeroBucket(threshold: number): void {
    const wider = widenZeroBucket(
      {
        schema: this.#schema,
        zeroThreshold: this.#zeroThreshold,
        zeroCount: this.#zero.sum,
        zeroCompensation: this.#zero.compensation,
        positive: this.#positive,
        negative: this.#negative,
      },
      threshold,
    );
    this.#zeroThreshold = wider.threshold;
    this.#zero = wider.count;
    this.#positive = dropCoveredBuckets(this.#positive, this.#schema, wider.threshold);
    this.#negative = dropCoveredBuckets(this.#negative, this.#schema, wider.threshold);
  }

  /** A gauge makes the sum a gauge; hints that contradict each other make it unknown. */
  #reconcileHint(other: CounterResetHint): void {
    const own = this.#hint;
    if (own === other || own === 'gauge') return;
    if (other === 'gauge') this.#hint = 'gauge';
    else if (own !== 'unknown' && other !== 'unknown') this.hasResetCollision = true;
    if (other !== 'gauge') this.#hint = 'unknown';
  }

  #change(change: (value: number) => number): void {
    for (const sum of [this.#zero, this.#count, this.#sum]) {
      sum.sum = change(sum.sum);
      sum.compensation = change(sum.compensation);
    }
    for (const side of [this.#positive, this.#negative]) {
      side.counts = side.counts.map(change);
      side.compensations = side.compensations.map(change);
    }
  }
}

function totals(side: Side): number[] {
  return side.counts.map((count, position) => count + (side.compensations[position] ?? 0));
}
