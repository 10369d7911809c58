export interface AgeLimits {
  /** Entries at most; older ones have to go. */
  readonly entriesMax: number;
  readonly ttlMs: number;
}

/** How the truths of a model are read. */
export interface FeedbackOptions {
  /** The outcome that counts as positive: precision, recall and false positives need it. */
  readonly positive?: string;
  /**
   * Labelled predictions that rates are taken over, 1 to 1,000,000. Default 1000. All are read at
   * each collection of metrics.
   */
  readonly window?: number;
  /** Predictions that wait for their truth, 1 to 1,000,000. Default 10,000. */
  readonly predictionsMax?: number;
  /** How long a prediction waits for its truth, in milliseconds. Default a day. */
  readonly ttlMs?: number;
  /** Probability from which the model says "positive". Default: learned from its decisions. */
  readonly threshold?: number;
  /** `regression`: numbers that the model predicts are values, not names of classes. */
  readonly task?: 'classification' | 'regression';
}

export const WINDOW = 1_000;
const ENTRIES_MAX = 1_000_000;

const isCount =
  (max: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;

const CHECKS: Readonly<
  Record<keyof FeedbackOptions, readonly [wanted: string, (value: unknown) => boolean]>
> = {
  positive: ['a text', (value) => typeof value === 'string' && value !== ''],
  window: ['a whole number from 1 to 1000000', isCount(ENTRIES_MAX)],
  predictionsMax: ['a whole number from 1 to 1000000', isCount(ENTRIES_MAX)],
  ttlMs: ['milliseconds above 0', (value) => Number.isFinite(value) && (value as number) > 0],
  threshold: [
    'a number from 0 to 1',
    (value) => typeof value === 'number' && value >= 0 && value <= 1,
  ],
  task: [
    'classification or regression',
    (value) => value === 'classification' || value === 'regression',
  ],
};

/** The options that make sense, and a sentence for each that does not. */
export function checkFeedbackOptions(given: unknown): {
  readonly options: FeedbackOptions;
  readonly problems: readonly string[];
} {
  if (typeof given !== 'object' || given === null) {
    return { options: {}, problems: ['Cannot use the options of feedback: expected an object'] };
  }
  const options: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof FeedbackOptions] : undefined;
    if (value === undefined) continue;
    if (check === undefined) {
      problems.push(`Cannot find an option "${name}" of feedback: expected ${NAMES}`);
    } else if (check[1](value)) options[name] = value;
    else problems.push(`Cannot use "${name}" of feedback: expected ${check[0]}`);
  }
  return { options, problems };
}

const NAMES = Object.keys(CHECKS).join(', ');

export function ledgerLimits(options: FeedbackOptions, otherwise: AgeLimits): AgeLimits {
  return {
    entriesMax: options.predictionsMax ?? otherwise.entriesMax,
    ttlMs: options.ttlMs ?? otherwise.ttlMs,
  };
}
