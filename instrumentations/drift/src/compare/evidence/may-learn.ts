/**
 * Share of the evidence for a change from which a reference stops learning, so that a moderate
 * change is found before it is learned.
 */
const LEARNING_SHARE = 0.01;
/**
 * Evidence below which it always learns: unchanged records reach less now and then, and a reference
 * that is unlucky by chance would stay so, which breaks the promise about false alarms.
 */
const LEARNING_MIN = 30_000;

/**
 * Whether records may join a reference: not while something looks a little changed.
 *
 * @param threshold evidence from which something changed
 */
export const mayLearn = (evidence: number, threshold: number): boolean =>
  evidence < Math.min(threshold, Math.max(LEARNING_MIN, LEARNING_SHARE * threshold));
