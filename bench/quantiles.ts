/** The value with this share of the others below it, in any order; NaN when there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Of an even number of values the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
