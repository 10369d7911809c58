export interface PerformanceEstimate {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
  /** Area under the ROC curve from a histogram of 100 bins. */
  readonly auc: number;
  readonly standardError: {
    readonly accuracy: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  };
}

/** A share whose denominator is 0 is not known: 0 would read as a verdict. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : Number.NaN);

/**
 * Estimates how well a binary classifier does without labels, from its own calibrated
 * probabilities (confidence-based performance estimation; standard errors after arXiv 2505.05295).
 *
 * Right only while the scores stay calibrated: it cannot see a change of what the features mean.
 *
 * @param probabilities of the positive class, each in [0, 1]
 * @param threshold score from which a prediction counts as positive
 * @param scores what decisions were taken by, where it is not the probabilities themselves: a
 *   calibration changes what a score is worth, not what was decided
 * @returns `undefined` without probabilities; shares with an empty denominator are NaN
 */
export function estimatePerformance(
  probabilities: ArrayLike<number>,
  threshold: number,
  scores: ArrayLike<number> = probabilities,
): PerformanceEstimate | undefined {
  const n = probabilities.length;
  if (n === 0) return undefined;
  const sums = {
    tp: 0,
    fp: 0,
    tn: 0,
    fn: 0,
    predicted: 0,
    variancePositive: 0,
    varianceNegative: 0,
  };
  for (let index = 0; index < n; index += 1) {
    const p = probabilities[index] ?? 0;
    if ((scores[index] ?? 0) >= threshold) {
      sums.tp += p;
      sums.fp += 1 - p;
      sums.predicted += 1;
      sums.variancePositive += p * (1 - p);
    } else {
      sums.fn += p;
      sums.tn += 1 - p;
      sums.varianceNegative += p * (1 - p);
    }
  }
  const { tp, fp, tn, fn, predicted, variancePositive: v1, varianceNegative: v0 } = sums;
  const expected = tp + fn;
  const recall = share(tp, expected);
  return {
    truePositives: tp,
    falsePositives: fp,
    trueNegatives: tn,
    falseNegatives: fn,
    accuracy: (tp + tn) / n,
    precision: share(tp, predicted),
    recall,
    specificity: share(tn, tn + fp),
    f1: share(2 * tp, predicted + expected),
    auc: histogramAuc(probabilities, scores),
    standardError: {
      accuracy: Math.sqrt(v1 + v0) / n,
      precision: share(Math.sqrt(v1), predicted),
      recall: share(Math.sqrt((1 - recall) ** 2 * v1 + recall ** 2 * v0), expected),
      f1: share(
        Math.sqrt((2 * (predicted + fn)) ** 2 * v1 + (2 * tp) ** 2 * v0),
        (predicted + expected) ** 2,
      ),
    },
  };
}

const AUC_BINS = 100;

/** Expected area under the curve: ties within a bin count half. */
function histogramAuc(probabilities: ArrayLike<number>, scores: ArrayLike<number>): number {
  const positive = new Float64Array(AUC_BINS);
  const negative = new Float64Array(AUC_BINS);
  for (let index = 0; index < probabilities.length; index += 1) {
    const p = probabilities[index] ?? 0;
    const bin = Math.min(AUC_BINS - 1, Math.floor((scores[index] ?? 0) * AUC_BINS));
    positive[bin] = (positive[bin] ?? 0) + p;
    negative[bin] = (negative[bin] ?? 0) + 1 - p;
  }
  let pairs = 0;
  let negativesBelow = 0;
  let positives = 0;
  for (let bin = 0; bin < AUC_BINS; bin += 1) {
    const here = negative[bin] ?? 0;
    pairs += (positive[bin] ?? 0) * (negativesBelow + here / 2);
    negativesBelow += here;
    positives += positive[bin] ?? 0;
  }
  return share(pairs, positives * negativesBelow);
}
