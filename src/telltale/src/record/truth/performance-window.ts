import { OTHER } from '@telltale/core';

import { PlacedRing, type RingContent } from './placed-ring.ts';

/** One labelled prediction. */
export interface LabelledPrediction {
  readonly outcome: string;
  readonly actual: string;
  readonly confidence?: number;
}

export type FeedbackVerdict =
  | 'true_positive'
  | 'false_positive'
  | 'true_negative'
  | 'false_negative'
  | 'correct'
  | 'incorrect';

/** Rates over the window. A rate whose denominator is empty is absent: 0 would read as a verdict. */
export interface Performance {
  readonly sampleCount: number;
  readonly accuracy?: number;
  readonly precision?: number;
  readonly recall?: number;
  readonly f1?: number;
  readonly falsePositiveRate?: number;
  readonly falsePositives?: number;
  readonly calibrationError?: number;
  /** Counts by predicted outcome, then by actual outcome. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const CALIBRATION_BINS = 10;
/** Outcomes in the confusion matrix before the rest share `_OTHER`. */
const OUTCOMES_MAX = 50;

/** How a prediction compares with the truth. Without a positive class only right and wrong exist. */
export function verdictOf(
  { outcome, actual }: LabelledPrediction,
  positive: string | undefined,
): FeedbackVerdict {
  const isRight = outcome === actual;
  if (positive === undefined) return isRight ? 'correct' : 'incorrect';
  if (outcome === positive) return isRight ? 'true_positive' : 'false_positive';
  if (isRight) return 'true_negative';
  // Of three classes, two negatives confused with each other are still no missed positive.
  return actual === positive ? 'false_negative' : 'true_negative';
}

/** The last labelled predictions of a model, and the rates over them. */
export class PerformanceWindow {
  readonly #positive: string | undefined;
  readonly #ring: PlacedRing<LabelledPrediction>;

  constructor(options: {
    readonly capacity: number;
    readonly positive?: string | undefined;
    readonly before?: RingContent<LabelledPrediction>;
  }) {
    this.#positive = options.positive;
    this.#ring = new PlacedRing(options.capacity, options.before);
  }

  /** What is in the window. */
  get content(): RingContent<LabelledPrediction> {
    return this.#ring.content;
  }

  /** Adds a labelled prediction and returns its place, which `correct` takes. */
  add(labelled: LabelledPrediction): number {
    return this.#ring.add(labelled);
  }

  /** Replaces the truth of a prediction that is still in the window: the last word wins. */
  correct(place: number, actual: string): void {
    this.#ring.replace(place, (old) => ({ ...old, actual }));
  }

  performance(): Performance {
    const confusion = emptyRecord<Record<string, number>>();
    const counts: Partial<Record<FeedbackVerdict, number>> = {};
    let right = 0;
    const ring = this.#ring.values;
    for (const labelled of ring) {
      const row = (confusion[boundedKey(confusion, labelled.outcome)] ??= emptyRecord());
      const actual = boundedKey(row, labelled.actual);
      row[actual] = (row[actual] ?? 0) + 1;
      const verdict = verdictOf(labelled, this.#positive);
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (labelled.outcome === labelled.actual) right += 1;
    }
    const sampleCount = ring.length;
    const calibrationError = expectedCalibrationError(ring);
    return {
      sampleCount,
      ...(sampleCount === 0 ? {} : { accuracy: right / sampleCount }),
      ...(this.#positive === undefined ? {} : binaryRates(counts)),
      ...(calibrationError === undefined ? {} : { calibrationError }),
      confusion,
    };
  }
}

/** Outcomes come from users, so `__proto__` must be a key like any other. */
const emptyRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

const boundedKey = (record: Readonly<Record<string, unknown>>, key: string): string =>
  key in record || Object.keys(record).length < OUTCOMES_MAX ? key : OTHER;

type Counts = Partial<Record<FeedbackVerdict, number>>;

function binaryRates(counts: Counts): Partial<Performance> {
  const { true_positive: tp = 0, false_positive: fp = 0 } = counts;
  const { true_negative: tn = 0, false_negative: fn = 0 } = counts;
  return {
    falsePositives: fp,
    ...rate('precision', tp, tp + fp),
    ...rate('recall', tp, tp + fn),
    ...rate('f1', 2 * tp, 2 * tp + fp + fn),
    ...rate('falsePositiveRate', fp, fp + tn),
  };
}

function rate<K extends string>(
  name: K,
  part: number,
  whole: number,
): { readonly [P in K]?: number } {
  return whole === 0 ? {} : ({ [name]: part / whole } as { readonly [P in K]?: number });
}

/**
 * Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the gap between mean confidence
 * and accuracy in ten equal bins, weighted by their share. Predictions without a confidence do not
 * count; `undefined` when none has one.
 */
function expectedCalibrationError(labelled: readonly LabelledPrediction[]): number | undefined {
  const confidence = new Float64Array(CALIBRATION_BINS);
  const right = new Float64Array(CALIBRATION_BINS);
  let count = 0;
  for (const { confidence: value, outcome, actual } of labelled) {
    if (value === undefined) continue;
    const bin = Math.min(CALIBRATION_BINS - 1, Math.floor(value * CALIBRATION_BINS));
    confidence[bin] = (confidence[bin] ?? 0) + value;
    right[bin] = (right[bin] ?? 0) + (outcome === actual ? 1 : 0);
    count += 1;
  }
  if (count === 0) return undefined;
  return (
    confidence.reduce((sum, value, bin) => sum + Math.abs(value - (right[bin] ?? 0)), 0) / count
  );
}
