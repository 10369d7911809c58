import { total } from './bin-shares.ts';
import { chiSquareSurvival } from './special-functions.ts';

export interface ChiSquaredTest {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

/** Cells expected to hold fewer than this make the limit law unreliable (Cochran's rule). */
const EXPECTED_MIN = 5;

/**
 * Pearson's test that two count vectors come from one distribution.
 *
 * Bins empty on both sides are left out. With `pool`, bins with an expected count below 5 on a side
 * are merged, rarest first.
 *
 * @returns `undefined` when a side has no observations; p is 1 with a single bin
 */
export function chiSquaredTest(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  options: { readonly pool?: boolean } = {},
): ChiSquaredTest | undefined {
  const m = total(baseline);
  const n = total(window);
  if (!(m > 0) || !(n > 0)) return undefined;
  let pairs = Array.from(baseline, (count, index) => [count, window[index] ?? 0] as const).filter(
    ([a, b]) => a + b > 0,
  );
  if (options.pool === true) pairs = poolRare(pairs, (EXPECTED_MIN * (m + n)) / Math.min(m, n));
  let statistic = 0;
  for (const [a, b] of pairs) {
    const column = a + b;
    const expectedA = (column * m) / (m + n);
    const expectedB = (column * n) / (m + n);
    statistic += (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
  }
  const degrees = pairs.length - 1;
  return { statistic, degrees, pValue: chiSquareSurvival(statistic, degrees) };
}

type Pair = readonly [baseline: number, window: number];

/** Merges the rarest bins until every bin holds at least `columnMin` observations of both sides. */
function poolRare(pairs: readonly Pair[], columnMin: number): Pair[] {
  const byCount = pairs.toSorted((x, y) => x[0] + x[1] - (y[0] + y[1]));
  const kept: Pair[] = [];
  let pooled: Pair = [0, 0];
  for (const pair of byCount) {
    const isPoolShort = pooled[0] + pooled[1] > 0 && pooled[0] + pooled[1] < columnMin;
    if (pair[0] + pair[1] < columnMin || isPoolShort) {
      pooled = [pooled[0] + pair[0], pooled[1] + pair[1]];
    } else {
      kept.push(pair);
    }
  }
  if (pooled[0] + pooled[1] > 0) kept.push(pooled);
  return kept;
}
