import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { divideHistogram } from '../../../model/histogram/scale.ts';
import { HistogramSum } from '../../../model/histogram/sum.ts';
import { bucketsReconciled, counterResetCollision, mixedBucketSchemas } from '../../annotations.ts';
import type { RangeCall } from '../range-function.ts';
import type { RunWindow } from '../range-window.ts';

/** `sum_over_time` of native histograms. */
export function sumHistograms(
  run: RunWindow<NativeHistogram>,
  call: RangeCall,
): NativeHistogram | undefined {
  const sum = addUp(run, call, (total, histogram) => total.add(histogram));
  return sum?.total();
}

/** `avg_over_time` of native histograms. */
export function averageHistograms(
  run: RunWindow<NativeHistogram>,
  call: RangeCall,
): NativeHistogram | undefined {
  const average = new HistogramAverage();
  const added = addUp(run, call, (total, histogram) => average.add(total, histogram));
  return added === undefined ? undefined : average.finish(added);
}

/**
 * The running average of histograms: the sum divided by the count, or a running mean once the sum
 * has grown beyond all floats.
 */
export class HistogramAverage {
  #count = 1;
  #isRunning = false;

  /** Adds to a sum that holds the first histogram already; false when the buckets do not mix. */
  add(total: HistogramSum, histogram: NativeHistogram): boolean {
    this.#count += 1;
    if (!this.#isRunning) {
      const trial = total.copy();
      if (!trial.add(histogram)) return false;
      if (!trial.hasOverflow) return total.add(histogram);
      this.#isRunning = true;
      total.divide(this.#count - 1);
    }
    total.multiply((this.#count - 1) / this.#count);
    return total.add(divideHistogram(histogram, this.#count));
  }

  finish(total: HistogramSum): NativeHistogram {
    if (!this.#isRunning) total.divide(this.#count);
    return total.total();
  }
}

function addUp(
  run: RunWindow<NativeHistogram>,
  call: RangeCall,
  add: (total: HistogramSum, histogram: NativeHistogram) => boolean,
): HistogramSum | undefined {
  const first = run.values[run.from];
  if (first === undefined) return undefined;
  const total = new HistogramSum(first);
  const hints = new Set([first.counterResetHint]);
  for (let position = run.from + 1; position < run.to; position += 1) {
    const histogram = run.values[position];
    if (histogram === undefined) continue;
    hints.add(histogram.counterResetHint);
    if (!add(total, histogram)) {
      call.annotate(mixedBucketSchemas(call.metricName, call.position));
      return undefined;
    }
  }
  if (hints.has('reset') && hints.has('not_reset')) {
    call.annotate(counterResetCollision('aggregation', call.position));
  }
  if (total.isReconciled) call.annotate(bucketsReconciled('aggregation', call.position));
  return total;
}
