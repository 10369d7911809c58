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
  const observations = at(counts, last);
  if (observations === 0) return Number.NaN;
  const rank = quantile * observations;
  let found = 0;
  // Written so that a rank that is NaN ends in the last bucket.
  while (found < last && !(at(counts, found) >= rank)) found += 1;
  // The last bucket has no upper end to go to.
  if (found === last) return at(bounds, last - 1);
  const end = at(bounds, found);
  // The first bucket is taken to begin at zero, unless it lies below.
  if (found === 0) return end <= 0 ? end : end * (rank / at(counts, 0));
  const start = at(bounds, found - 1);
  const below = at(counts, found - 1);
  return start + (end - start) * ((rank - below) / (at(counts, found) - below));
}

function at(column: Float64Array, index: number): number {
  return column[index] ?? Number.NaN;
}
