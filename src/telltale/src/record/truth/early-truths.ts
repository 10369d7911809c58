import type { Aged } from './aged-ids.ts';

/** The truth about a prediction. */
export interface Feedback {
  readonly predictionId: string;
  /** The true outcome, in the words of the prediction's `outcome`; for a regression the true number. */
  readonly actual: string | number | boolean;
  /**
   * For a prediction of another process or of long ago: what was predicted, by which model. The
   * ledger's own record wins.
   */
  readonly predicted?: string | number | boolean;
  /** Needed where several models use the same ids. */
  readonly model?: string;
  readonly version?: string;
  readonly confidence?: number;
}

/** A truth that waits for its prediction. */
export interface EarlyTruth extends Aged {
  readonly feedback: Feedback;
}
