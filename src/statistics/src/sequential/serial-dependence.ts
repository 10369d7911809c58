/** Autocorrelation below this is taken for none. */
const CORRELATION_MAX = 0.06;
const LAGS_MAX = 256;
/** Lags that are always measured. */
const SHOWN_LAGS = 12;

export interface SerialDependence {
  /** Take every this-many-th record for the rest to be nearly independent. */
  readonly thin: number;
  /** How many dependent records weigh as one independent one, at least 1. */
  readonly designEffect: number;
  /** No lag was found at which the dependence has died down. */
  readonly isUnstable: boolean;
  /** Autocorrelation of ranks at lags 0, 1, 2 and so on, as far as it was measured. */
  readonly correlations: readonly number[];
}

/**
 * Measures the serial dependence of a series by the autocorrelation of its ranks, which outliers
 * and monotone transformations cannot disturb.
 *
 * @param series finite values in time order
 */
export function serialDependence(series: ArrayLike<number>): SerialDependence {
  return dependenceOf(centeredRanks(series), (correlation) => correlation);
}

/**
 * Measures in what bursts something happens, such as a value that is missing. Only records that
 * follow each other in kind matter here: what comes at even distances misleads no bet on a rate.
 *
 * @param outcomes 0 for the common case, in time order
 */
export function outcomeDependence(outcomes: ArrayLike<number>): SerialDependence {
  const hits = Uint8Array.from(outcomes, (outcome) => (outcome === 0 ? 0 : 1));
  const count = hits.reduce((sum, hit) => sum + hit, 0);
  if (count === 0 || count === hits.length) {
    return { thin: 1, designEffect: 1, isUnstable: false, correlations: [1] };
  }
  const share = count / hits.length;
  const centered = Float64Array.from(hits, (hit) => hit - share);
  return dependenceOf(centered, (correlation) => Math.max(0, correlation));
}

/**
 * Goes from lag to lag until two in a row show no dependence.
 *
 * @param centered values with mean 0, in time order
 * @param weightOf what a correlation counts for
 */
function dependenceOf(
  centered: Float64Array,
  weightOf: (correlation: number) => number,
): SerialDependence {
  const m = centered.length;
  const lags = Math.min(LAGS_MAX, Math.floor(m / 4));
  const variance = lagProduct(centered, 0);
  const correlations: number[] = [];
  const isSmall = (lag: number): boolean => {
    for (let next = correlations.length; next <= Math.max(lag, SHOWN_LAGS); next += 1) {
      correlations.push(variance > 0 ? lagProduct(centered, next) / variance : 0);
    }
    return lag > lags || Math.abs(weightOf(correlations[lag] ?? 0)) < CORRELATION_MAX;
  };
  let thin = 1;
  while (thin < lags && !(isSmall(thin) && isSmall(thin + 1))) thin += 1;
  let designEffect = 1;
  for (let lag = 1; lag < thin; lag += 1) {
    designEffect += 2 * weightOf(correlations[lag] ?? 0) * (1 - lag / m);
  }
  return {
    thin,
    designEffect: Math.max(1, designEffect),
    isUnstable: lags > 0 && thin >= lags,
    correlations,
  };
}

/**
 * Ranks from -1/2 to 1/2. Ties share their mean rank: in order of time they would look like a trend,
 * and data of a few values would never seem independent.
 */
function centeredRanks(series: ArrayLike<number>): Float64Array {
  const m = series.length;
  const order = Array.from({ length: m }, (_, index) => index).sort(
    (i, j) => (series[i] ?? 0) - (series[j] ?? 0),
  );
  const ranks = new Float64Array(m);
  for (let start = 0; start < m; ) {
    const value = series[order[start] ?? 0];
    let end = start + 1;
    while (end < m && series[order[end] ?? 0] === value) end += 1;
    const rank = (start + end) / 2 / m - 0.5;
    for (let index = start; index < end; index += 1) ranks[order[index] ?? 0] = rank;
    start = end;
  }
  return ranks;
}

function lagProduct(centered: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centered.length; i += 1)
    sum += (centered[i] ?? 0) * (centered[i - lag] ?? 0);
  return sum;
}
