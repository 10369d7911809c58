/** Labelled predictions without which a realised rate says little. */
export const LABELLED_MIN = 100;
/**
 * Standard errors of a gap that count as real. The gap is looked at again and again, and the
 * estimate has errors beyond its own, so this is stricter than one test would be.
 */
const ERRORS_MIN = 4;
/** A smaller gap than this is of no consequence. */
const GAP_MIN = 0.05;

/** How far a realised accuracy is from what was estimated without labels. */
export interface PerformanceGap {
  /** Realised minus estimated: negative when the model does worse than its scores say. */
  readonly gap: number;
  /** The gap in its standard errors. */
  readonly errors: number;
  /**
   * The scores no longer mean what they did: the truth changed behind the same inputs, which no
   * look at inputs or outputs can show.
   */
  readonly isConceptDrift: boolean;
}

export interface AccuracyPair {
  readonly estimated: number;
  /** Standard error of the estimate. */
  readonly estimatedError: number;
  readonly realised: number;
  /** Labelled predictions behind the realised accuracy. */
  readonly labelled: number;
}

/**
 * Compares the accuracy that labels tell with the one that scores promise.
 *
 * @returns `undefined` below 100 labels, and for what is not finite
 */
export function performanceGap(pair: AccuracyPair): PerformanceGap | undefined {
  const { estimated, estimatedError, realised, labelled } = pair;
  const areFinite = [estimated, estimatedError, realised, labelled].every(Number.isFinite);
  if (!areFinite || labelled < LABELLED_MIN) return undefined;
  const gap = realised - estimated;
  const labelError = Math.max(shareError(realised, labelled), shareError(estimated, labelled));
  const error = Math.hypot(estimatedError, labelError);
  const errors = gap / error;
  const isConceptDrift = Math.abs(gap) >= GAP_MIN && Math.abs(errors) >= ERRORS_MIN;
  return { gap, errors, isConceptDrift };
}

/** As with one more hit and one more miss, so that 100 right of 100 still have an error. */
function shareError(share: number, n: number): number {
  const smoothed = (share * n + 1) / (n + 2);
  return Math.sqrt((smoothed * (1 - smoothed)) / n);
}
