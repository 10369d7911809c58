import { kolmogorovSurvival } from './special-functions.ts';

/** Cells of the first-passage table that are worth their time; beyond, the limit law is used. */
const EXACT_CELLS_MAX = 2_000_000;
const EXACT_SIZE_MAX = 10_000;

/**
 * The Kolmogorov-Smirnov statistic of two samples as an exact integer.
 *
 * @param first ascending values, m of them
 * @param second ascending values, n of them
 * @returns `max |i*n - j*m|` over the data; D is that divided by `m*n`. 0 when a side is empty.
 */
export function ksNumerator(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const m = first.length;
  const n = second.length;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < m && j < n) {
    const value = Math.min(first[i] ?? 0, second[j] ?? 0);
    while (i < m && first[i] === value) i += 1;
    while (j < n && second[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  }
  return largest;
}

/** Sizes of two samples and the integer numerator of their statistic. */
export interface KsSizes {
  readonly m: number;
  readonly n: number;
  /** `D * m * n`. */
  readonly numerator: number;
}

/**
 * The two-sided p-value of D: exact where that is affordable, else the limit law with Stephens'
 * correction. Conservative with ties.
 */
export function ksPValue(sizes: KsSizes): number {
  const { m, n, numerator } = sizes;
  if (m === 0 || n === 0 || numerator <= 0) return 1;
  if (m === n) return ksEqualSizes(n, Math.round(numerator / n));
  const band = Math.min((2 * numerator) / m + 1, n + 1) * (m + 1);
  if (band <= EXACT_CELLS_MAX && Math.max(m, n) <= EXACT_SIZE_MAX) return ksFirstPassage(sizes);
  return ksAsymptotic(sizes);
}

/** The limit law, `Q((sqrt N + 0.12 + 0.11 / sqrt N) D)` (Stephens 1970), `N = mn / (m + n)`. */
export function ksAsymptotic({ m, n, numerator }: KsSizes): number {
  const root = Math.sqrt((m * n) / (m + n));
  return kolmogorovSurvival((root + 0.12 + 0.11 / root) * (numerator / (m * n)));
}

/**
 * Equal sizes: `2 sum (-1)^(k-1) C(2n, n-kh) / C(2n, n)` (Gnedenko and Korolyuk 1951), the ratio of
 * binomials as a product that cannot overflow.
 */
function ksEqualSizes(n: number, h: number): number {
  if (h <= 0) return 1;
  let sum = 0;
  for (let k = 1; k * h <= n; k += 1) {
    let ratio = 1;
    for (let i = 0; i < k * h; i += 1) ratio *= (n - i) / (n + 1 + i);
    sum += k % 2 === 1 ? ratio : -ratio;
    if (ratio < 1e-320) break;
  }
  return Math.min(1, 2 * sum);
}

/**
 * Unequal sizes: the probability that a random lattice path from (0, 0) to (m, n) leaves the band
 * `|i*n - j*m| < numerator`. It only ever adds, so that tiny probabilities keep their digits.
 */
function ksFirstPassage({ m, n, numerator }: KsSizes): number {
  let p = 0;
  let row = new Float64Array(n + 1);
  for (let i = 0; i <= m; i += 1) {
    const next = new Float64Array(n + 1);
    // A step in i may jump far over the border, hence the row before this one.
    const low = Math.max(0, Math.floor(((i - 1) * n - numerator) / m));
    const high = Math.min(n, Math.ceil((i * n + numerator) / m) + 1);
    for (let j = low; j <= high; j += 1) {
      const mass = arrivingMass({ row, next, i, j, m, n });
      if (Math.abs(i * n - j * m) >= numerator) p += mass;
      else next[j] = mass;
    }
    row = next;
  }
  return Math.min(1, p);
}

interface Cell {
  readonly row: Float64Array;
  readonly next: Float64Array;
  readonly i: number;
  readonly j: number;
  readonly m: number;
  readonly n: number;
}

function arrivingMass({ row, next, i, j, m, n }: Cell): number {
  if (i === 0 && j === 0) return 1;
  let mass = 0;
  if (i > 0) mass += ((row[j] ?? 0) * (m - i + 1)) / (m - i + 1 + n - j);
  if (j > 0) mass += ((next[j - 1] ?? 0) * (n - j + 1)) / (m - i + n - j + 1);
  return mass;
}
