/**
 * Benjamini and Hochberg (1995): which hypotheses to reject so that the expected share of false
 * rejections stays below `alpha`.
 *
 * @returns the indexes of the rejected p-values, ascending
 */
export function benjaminiHochberg(pValues: readonly number[], alpha: number): number[] {
  const family = pValues.length;
  return stepUp(
    pValues,
    (p, rank) => p <= (alpha * rank) / family,
    (a, b) => a - b,
  );
}

/**
 * e-BH (Wang and Ramdas 2022): the same for e-values, valid under any dependence between them.
 *
 * @returns the indexes of the rejected e-values, ascending
 */
export function eBenjaminiHochberg(eValues: readonly number[], alpha: number): number[] {
  const family = eValues.length;
  return stepUp(
    eValues,
    (e, rank) => e >= family / (alpha * rank),
    (a, b) => b - a,
  );
}

function stepUp(
  values: readonly number[],
  passes: (value: number, rank: number) => boolean,
  compare: (a: number, b: number) => number,
): number[] {
  const order = values
    .map((_, index) => index)
    .sort((i, j) => compare(values[i] ?? 0, values[j] ?? 0));
  const last = order.findLastIndex((index, position) => passes(values[index] ?? 0, position + 1));
  return order.slice(0, last + 1).sort((i, j) => i - j);
}
