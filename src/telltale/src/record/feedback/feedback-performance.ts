import { textKey } from '@telltale/core';

import { type FeedbackTotals, registry, thresholdOf } from '../truth/feedback-registry.ts';
import type { Performance } from '../truth/performance-window.ts';
import type { RegressionPerformance } from '../truth/regression-window.ts';

/** Takes what a binary classifier decided at a score, to learn its threshold. */
export function learnDecision(
  identity: { readonly model: string; readonly version: string },
  { score, isPositive }: { readonly score: number; readonly isPositive: boolean },
): void {
  thresholdOf(textKey([identity.model, identity.version]))?.add(score, isPositive);
}

/** The probability from which a model says "positive": as chosen, or as learned from its decisions. */
export function decisionThreshold(model: string, version: string): number | undefined {
  return (
    registry.optionsOf(model).threshold ??
    registry.thresholds.get(textKey([model, version]))?.value()
  );
}

export type ModelPerformance = (Performance | RegressionPerformance) & {
  readonly model: string;
  readonly version: string;
};

/** Rates or errors of every model that got feedback. */
export function modelPerformance(): readonly ModelPerformance[] {
  return Array.from(registry.models.values(), (model) => ({
    model: model.name,
    version: model.version,
    ...model.performance(),
  }));
}

/** A labelled prediction with the confidence that came with it. */
export interface LabelledConfidence {
  readonly confidence: number;
  readonly isRight: boolean;
  /** Whether the positive class was predicted; absent where none is named. */
  readonly isPositive?: boolean;
}

/** As `modelPerformance`, with what the confidences of the same predictions promised. */
export function realisedPerformance(): readonly (ModelPerformance & {
  readonly labelled: readonly LabelledConfidence[];
})[] {
  return Array.from(registry.models.values(), (one) => {
    const { positive } = registry.optionsOf(one.name);
    return {
      model: one.name,
      version: one.version,
      ...one.performance(),
      labelled: one.content.classes.values.flatMap(({ confidence, outcome, actual }) => {
        if (confidence === undefined) return [];
        const isPositive = positive === undefined ? {} : { isPositive: outcome === positive };
        return [{ confidence, isRight: outcome === actual, ...isPositive }];
      }),
    };
  });
}

/** Counts of all feedback, and of predictions that left the ledger without any. */
export function feedbackTotals(): Readonly<FeedbackTotals> & { readonly evicted: number } {
  return { ...registry.totals, evicted: registry.ledgers.evictedUnlabelled };
}
