import { type Sample, totalBy } from './prometheus-page.ts';

/** Counts are cumulative: each bucket holds all values up to its bound. */
export interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

/** The buckets of a histogram, summed over its series, smallest bound first. */
export function buckets(samples: readonly Sample[], name: string): Bucket[] {
  return [...totalBy(samples, `${name}_bucket`, 'le')]
    .map(([le, count]) => ({ upperBound: le === '+Inf' ? Infinity : Number(le), count }))
    .sort((left, right) => left.upperBound - right.upperBound);
}

/**
 * The value below which a share `q` of the recorded values lies, as `histogram_quantile()` of
 * Prometheus estimates it: values are taken to be spread evenly inside their bucket, and the last
 * finite bound stands for everything above it.
 *
 * @returns `undefined` when nothing was recorded.
 */
export function histogramQuantile(q: number, histogram: readonly Bucket[]): number | undefined {
  const all = histogram.at(-1)?.count ?? 0;
  if (all === 0) return undefined;
  const rank = q * all;
  const index = histogram.findIndex(({ count }) => count >= rank);
  const bucket = histogram[index];
  const below = histogram[index - 1] ?? { upperBound: 0, count: 0 };
  if (bucket === undefined) return undefined;
  if (!Number.isFinite(bucket.upperBound)) return below.upperBound;
  const share = (rank - below.count) / (bucket.count - below.count || 1);
  return below.upperBound + (bucket.upperBound - below.upperBound) * share;
}
