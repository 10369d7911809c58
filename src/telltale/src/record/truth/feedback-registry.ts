import { MODEL_NAMES_MAX, OTHER, sharedState, textKey } from '@telltale/core';

import {
  type AgeLimits,
  checkFeedbackOptions,
  type FeedbackOptions,
  ledgerLimits,
} from '../../config/model-feedback.ts';
import { report } from '../../diagnostics.ts';
import { BoundedNames } from '../../instruments/bounded-names.ts';
import { AgedIds } from './aged-ids.ts';
import { DecisionThreshold } from './decision-threshold.ts';
import type { EarlyTruth } from './early-truths.ts';
import { bindFeedback } from './feedback-instruments.ts';
import { ModelFeedback } from './model-feedback.ts';
import { LEDGER_LIMITS, PredictionLedgers } from './prediction-ledgers.ts';

/** Truths that came before their predictions. */
const EARLY_TRUTHS_MAX = 10_000;

/** Feedback totals since the process started. */
export interface FeedbackTotals {
  matched: number;
  unmatched: number;
  duplicate: number;
  ambiguous: number;
  invalid: number;
}

/** Who chose the options of a model: what code chose wins over the rule of the configuration. */
interface ChosenOptions {
  readonly byCode: FeedbackOptions;
  readonly byRule: FeedbackOptions;
}

interface FeedbackRegistry {
  readonly ledgers: PredictionLedgers;
  readonly early: AgedIds<EarlyTruth>;
  /** By model and version, as are `models`. */
  readonly thresholds: Map<string, DecisionThreshold>;
  readonly models: Map<string, ModelFeedback>;
  readonly options: Map<string, ChosenOptions>;
  readonly optionsOf: (model: string) => FeedbackOptions;
  readonly limits: { all: typeof LEDGER_LIMITS };
  readonly names: BoundedNames;
  readonly totals: FeedbackTotals;
  /** Makes the instruments, where they do not exist yet. */
  readonly bind: () => void;
}

/** What the process knows of models and their truths: the ESM and the CommonJS copy share it. */
export const registry: FeedbackRegistry = sharedState('telltale.feedback', () => {
  const models = new Map<string, ModelFeedback>();
  const options = new Map<string, ChosenOptions>();
  const limits = { all: LEDGER_LIMITS };
  const optionsOf = (model: string): FeedbackOptions => {
    const chosen = options.get(model);
    return { ...chosen?.byRule, ...chosen?.byCode };
  };
  return {
    ledgers: new PredictionLedgers((model) => ledgerLimits(optionsOf(model), limits.all)),
    early: new AgedIds<EarlyTruth>({ ...LEDGER_LIMITS, entriesMax: EARLY_TRUTHS_MAX }),
    thresholds: new Map<string, DecisionThreshold>(),
    models,
    options,
    optionsOf,
    limits,
    names: new BoundedNames(MODEL_NAMES_MAX),
    totals: { matched: 0, unmatched: 0, duplicate: 0, ambiguous: 0, invalid: 0 },
    bind: bindFeedback(models),
  };
});

/** Limits of the ledger of each model that has none of its own. */
export function limitLedgers(limits: Partial<AgeLimits>): void {
  registry.limits.all = { ...LEDGER_LIMITS, ...limits };
}

/**
 * Sets how a model's feedback is read, from now on and for what is in its window. Options that make
 * no sense are reported and left out.
 */
export function configureFeedback(model: string, options: FeedbackOptions): void {
  choose(model, options, 'byCode');
}

/** As `configureFeedback`, from the rule of a model in the configuration. */
export function configureFeedbackByRule(model: string, options: FeedbackOptions): void {
  if (!registry.options.has(model)) choose(model, options, 'byRule');
}

function choose(model: string, given: FeedbackOptions, by: keyof ChosenOptions): void {
  const { options, problems } = checkFeedbackOptions(given);
  for (const problem of problems) report(`feedback ${problem}`, `${problem} (model "${model}")`);
  const before = registry.options.get(model);
  if (before === undefined && registry.options.size >= MODEL_NAMES_MAX) return;
  registry.options.set(model, { byCode: {}, byRule: {}, ...before, [by]: options });
  const chosen = registry.optionsOf(model);
  for (const one of registry.models.values()) if (one.name === model) one.configure(chosen);
  registry.ledgers.refreshLimits(model);
}

/** Whether numbers that this model predicts are values and not names of classes. */
export const isRegression = (model: string): boolean =>
  registry.options.size > 0 && registry.optionsOf(model).task === 'regression';

/** The outcome of a model that counts as positive, where one was named. */
export const positiveOutcome = (model: string): string | undefined =>
  registry.options.size === 0 ? undefined : registry.optionsOf(model).positive;

/** What is known of a model and version; beyond the limits they share one. */
export function modelFeedback(name: string, version: string): ModelFeedback {
  const model = registry.names.admit(name);
  const known = registry.models.get(textKey([model, version]));
  if (known !== undefined) return known;
  // Versions are bounded together with the names; those beyond share one series a model.
  const isFull = registry.models.size >= MODEL_NAMES_MAX;
  const identity = { model, version: isFull ? OTHER : version };
  const key = textKey([model, identity.version]);
  let found = registry.models.get(key);
  if (found === undefined) {
    found = new ModelFeedback(identity, registry.optionsOf(model));
    registry.models.set(key, found);
  }
  return found;
}

/** `undefined` for one model too many. */
export function thresholdOf(key: string): DecisionThreshold | undefined {
  const known = registry.thresholds.get(key);
  if (known !== undefined || registry.thresholds.size >= MODEL_NAMES_MAX) return known;
  const threshold = new DecisionThreshold();
  registry.thresholds.set(key, threshold);
  return threshold;
}
