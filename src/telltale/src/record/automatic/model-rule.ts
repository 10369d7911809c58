import type { ModelInfo, ModelRule } from '@telltale/instrumentation-onnxruntime';

import { parseDurationMs } from '../../config/duration.ts';
import { type FeedbackOptions } from '../feedback/feedback.ts';
import { configureFeedbackByRule } from '../truth/feedback-registry.ts';
import type { RowPrediction } from './rows.ts';

/** Reads the truths of a model as its rule in the configuration says. */
export function applyFeedbackRule({ name, rule }: ModelInfo): void {
  if (rule === undefined) return;
  const options = feedbackOptionsOf(rule);
  if (Object.keys(options).length > 0) configureFeedbackByRule(name, options);
}

function feedbackOptionsOf({ output, feedback = {} }: ModelRule): FeedbackOptions {
  const mapping = output === false ? undefined : output;
  const { ttl, predictions_max: predictionsMax, window, task } = feedback;
  return definedOnly({
    positive: feedback.positive ?? mapping?.positive,
    threshold: feedback.threshold ?? mapping?.threshold,
    ttlMs: typeof ttl === 'string' ? parseDurationMs(ttl) : ttl,
    predictionsMax,
    window,
    task,
  });
}

type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

const definedOnly = (options: Loose<FeedbackOptions>): FeedbackOptions =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as FeedbackOptions;

/** The level that a rule gives to a prediction; `undefined` below the lowest. */
export function levelOf(
  levels: ModelRule['levels'],
  { confidence, decision }: RowPrediction,
): string | undefined {
  const score = decision?.score ?? confidence;
  if (levels === undefined || score === undefined) return undefined;
  let reached: readonly [level: string, from: number] | undefined;
  for (const [level, from] of Object.entries(levels)) {
    if (score >= from && (reached === undefined || from > reached[1])) reached = [level, from];
  }
  return reached?.[0];
}
