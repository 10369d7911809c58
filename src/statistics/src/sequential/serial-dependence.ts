/** Autocorrelation below this is taken for none. */
const CORRELATION_MAX = 0.06;
const LAGS_MAX = 256;

export interface SerialDependence {
  /** Take every this-many-th record for the rest to be nearly independent. */
  readonly thin: number;
  /** How many dependent records weigh as one independent one, at least 1. */
  readonly designEffect: number;
  /** No lag was found at which the dependence has died down. */
  readonly isUnstable: boolean;
  /** Autocorrelation of ranks at lags 0, 1, 2 and so on. */
  readonly correlations: readonly number[];
}

/**
 * Measures the serial dependence of a series by the autocorrelation of its ranks, which outliers
 * and monotone transformations cannot disturb.
 *
 * @param series finite values in time order
 */
export function serialDependence(series: ArrayLike<number>): SerialDependence {
  const m = series.length;
  const lags = Math.min(LAGS_MAX, Math.floor(m / 4));
  const correlations = rankCorrelations(centeredRanks(series), lags);
  const isSmall = (lag: number): boolean => Math.abs(correlations[lag] ?? 0) < CORRELATION_MAX;
  let thin = 1;
  while (thin < lags && !(isSmall(thin) && isSmall(thin + 1))) thin += 1;
  let designEffect = 1;
  for (let lag = 1; lag < thin; lag += 1) {
    designEffect += 2 * (correlations[lag] ?? 0) * (1 - lag / m);
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

function rankCorrelations(ranks: Float64Array, lags: number): number[] {
  const product = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < ranks.length; i += 1) sum += (ranks[i] ?? 0) * (ranks[i - lag] ?? 0);
    return sum;
  };
  const variance = product(0);
  return Array.from({ length: lags + 1 }, (_, lag) => (variance > 0 ? product(lag) / variance : 0));
}
