import type { Feature } from '../../shift.ts';
import { FEATURES, loadDataset, type Row } from '../../training/dataset.ts';
import type { AlertSeen } from '../alerting/alert-watch.ts';
import { buildBaseline } from './build-baseline.ts';
import type { DriftEvent } from './drift-events.ts';
import { planDrift } from './drift-story.ts';
import { DRIFT_ALERT } from './drift-verdict.ts';

/** Training data that lack most of what the traffic has: one answer of a feature stands for nearly all. */
export interface SkewPlan {
  readonly feature: Feature;
  readonly value: number;
}

/** Every how many rows of the training data keep the answer that they really give. */
const KEPT_EVERY = 10;
/** Rows of the training data, repeated, so that a baseline has enough of them. */
const REPEATS = 4;

/** Which feature the training data get wrong. */
export function planSkew(seed: number): SkewPlan {
  const { feature, value } = planDrift(loadDataset(), seed).filtered;
  return { feature, value };
}

/** The column of the feature as the training data have it. */
export function skewedColumn({ feature, value }: SkewPlan, rows: readonly Row[]): string {
  const column = FEATURES.indexOf(feature);
  const cells = Array.from({ length: REPEATS }, () => rows)
    .flat()
    .map(({ features }, index) => (index % KEPT_EVERY === 0 ? features[column] : value));
  return `${feature}\n${cells.join('\n')}\n`;
}

/** The baseline that the service starts with: of training data that the traffic does not fit. */
export const buildSkewedBaseline = (plan: SkewPlan, folder: string): Promise<string> =>
  buildBaseline(skewedColumn(plan, loadDataset()), folder);

/** What the skew scenario adds to the result. */
export interface SkewSummary {
  /** What was done, such as `training data say has_port is -1`. */
  readonly what: string;
  readonly feature: string;
  /** The state that the event told of; absent when there was none. */
  readonly event?: string;
  /** The feature that the alert named first; absent when none fired. */
  readonly alerted?: string;
  /** The state of the feature in `ml_drift_state` at the alert service. */
  readonly metric: number;
  /** Other features with an event. */
  readonly others: number;
}

export interface SkewRun {
  readonly plan: SkewPlan;
  readonly events: readonly DriftEvent[];
  readonly alerts: readonly AlertSeen[];
  readonly metric: number;
}

/** Holds what the service and the alert service said against what the training data got wrong. */
export function judgeSkew({ plan, events, alerts, metric }: SkewRun): SkewSummary {
  const detected = events.filter(({ kind }) => kind === 'detected');
  const ofFeature = detected.find(({ stream }) => stream === plan.feature);
  const [alert] = alerts
    .filter(({ name, firedAtMs }) => name === DRIFT_ALERT && firedAtMs !== undefined)
    .toSorted((a, b) => (a.firedAtMs ?? 0) - (b.firedAtMs ?? 0));
  const others = detected.filter(({ stream }) => stream !== plan.feature);
  return {
    what: `the training data say that ${plan.feature} is ${plan.value}`,
    feature: plan.feature,
    ...(ofFeature === undefined ? {} : { event: ofFeature.to }),
    ...(alert?.stream === undefined ? {} : { alerted: alert.stream }),
    metric,
    others: new Set(others.map(({ stream }) => stream)).size,
  };
}

/** What does not hold, as sentences. */
export function skewProblems({
  what,
  feature,
  event,
  alerted,
  metric,
  others,
}: SkewSummary): string[] {
  return [
    ...(event === undefined ? [`no drift event of ${feature}: ${what}`] : []),
    ...(alerted === feature ? [] : [`the drift alert named ${alerted ?? 'nothing'}: ${what}`]),
    ...(metric >= 3 ? [] : [`ml_drift_state of ${feature} is ${metric}: ${what}`]),
    ...(others === 0 ? [] : [`${others} features drifted that the training data had right`]),
  ];
}
