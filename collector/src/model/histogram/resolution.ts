import type { BucketColumns } from './buckets.ts';
import { foldSpans, negativeColumns, positiveColumns } from './buckets.ts';
import type { NativeHistogram } from './histogram.ts';
import { reduceSide, sideOf } from './side.ts';

/** The histogram in a lower exponential schema: neighbouring buckets are merged. */
export function reduceResolution(histogram: NativeHistogram, schema: number): NativeHistogram {
  const schemaSteps = histogram.schema - schema;
  if (schemaSteps <= 0) return histogram;
  const reduce = (columns: BucketColumns): BucketColumns =>
    reduceSide(sideOf(columns), schemaSteps);
  const positive = reduce(positiveColumns(histogram));
  const negative = reduce(negativeColumns(histogram));
  return {
    ...histogram,
    schema,
    positiveSpans: foldSpans(positive.indices),
    positiveCounts: positive.counts,
    negativeSpans: foldSpans(negative.indices),
    negativeCounts: negative.counts,
  };
}
