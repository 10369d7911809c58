/**
 * The value below which a share `quantile` of all observations lies, linear inside a bucket.
 *
 * @param bounds upper bounds, rising, the last of them +Inf.
 * @param counts cumulative counts, which must not fall.
 * @param length how many buckets there are, at least two; the columns may be longer.
 */
export function bucketQuantile(
  quantile: number,
  { bounds, counts }: { readonly bounds: Float64Array; readonly counts: Float64Array },
  length: number,
): number {
  const last = length - 1;
  const observations = counts[last] ?? 0;
  if (observations === 0) return Number.NaN;
  const rank = quantile * observations;
  let found = 0;
  while (found < last && !((counts[found] ?? 0) >= rank)) found += 1;
  // The last bucket has no upper end to go to.
  if (found === last) return bounds[last - 1] ?? Number.NaN;
  const end = bounds[found] ?? 0;
  if (found === 0) return end <= 0 ? end : end * (rank / (counts[0] ?? 0));
  const start = bounds[found - 1] ?? 0;
  const below = counts[found - 1] ?? 0;
  return start + (end - start) * ((rank - below) / ((counts[found] ?? 0) - below));
}
