import { modelFeedback, registry, thresholdOf } from '../truth/feedback-registry.ts';
import { STATE_SCHEMA, type StatePart, type StateTaker } from '../truth/feedback-state.ts';

/** Everything that `restoreFeedback` takes, for a file. */
export function* feedbackState(): Generator<StatePart> {
  yield { schema: STATE_SCHEMA };
  for (const { name, version, content } of registry.models.values()) {
    yield { model: { name, version, content } };
  }
  for (const prediction of registry.ledgers.entries()) yield { prediction };
  for (const early of registry.early.entries()) yield { early };
  for (const [key, threshold] of registry.thresholds) {
    yield { decisions: [key, [...threshold.decisions()]] };
  }
}

/** Takes what was kept over a restart. Call it before anything is recorded. */
export const restoreFeedback: StateTaker = {
  model: ({ name, version, content }) => {
    modelFeedback(name, version).restore(content);
    registry.bind();
  },
  prediction: (id, prediction) => registry.ledgers.remember(id, prediction),
  early: (key, truth) => registry.early.put(key, truth),
  decisions: (key, decisions) => {
    const threshold = thresholdOf(key);
    for (const [score, isPositive] of decisions) threshold?.add(score, isPositive);
  },
};
