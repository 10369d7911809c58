import type { AlertSeen } from '../alerting/alert-watch.ts';
import type { DriftEvent } from './drift-events.ts';
import type { DriftPlan } from './drift-story.ts';
import type { PredictionClock } from './prediction-clock.ts';

/** Name of the rule in `drift-alerts.yaml`. */
export const DRIFT_ALERT = 'FeatureDrift';

/** What became of one thing that was done to the traffic. */
interface Found {
  /** What was done, such as `popup_window is always 0`. */
  readonly what: string;
  readonly feature: string;
  /** The feature that the alert service named first; absent when it named none. */
  readonly alerted?: string;
  /**
   * Predictions from the change to the drift event of that feature; absent when there was none, as
   * of a feature that the change before had moved already.
   */
  readonly delayPredictions?: number;
  /** Predictions from the change to the alert of the alert service. */
  readonly alertDelayPredictions?: number;
}

/** What the drift scenario adds to the result. */
export interface DriftSummary {
  /** Streams that went to drift or alert, and alerts that fired, while nothing had changed. */
  readonly falseAlertsBeforeShift: number;
  /** Predictions from the filter to the first drift event of the feature. */
  readonly delayPredictions: number | undefined;
  /** The feature that the drift alert named. */
  readonly feature: string | undefined;
  readonly filtered: Found;
  readonly broken: Found;
  /** Input streams that are out of drift at the end, of those that were in it. */
  readonly recovered: number;
  readonly drifted: number;
}

/** What the run knew of its own story, all times in milliseconds since the epoch. */
export interface DriftRun {
  readonly plan: DriftPlan;
  readonly filteredMs: number;
  readonly brokenMs: number;
  readonly endMs: number;
  readonly events: readonly DriftEvent[];
  readonly alerts: readonly AlertSeen[];
  readonly predictions: PredictionClock;
}

/** Holds what the service and the alert service said against what was done to the traffic. */
export function judgeDrift(run: DriftRun): DriftSummary {
  const { plan, filteredMs, brokenMs, endMs, events } = run;
  const detected = events.filter(({ kind }) => kind === 'detected');
  const falseEvents = detected.filter(({ timeMs }) => timeMs < filteredMs);
  const falseAlerts = driftAlerts(run).filter(({ firedAtMs }) => firedAtMs < filteredMs);
  const filtered = found(run, plan.filtered, { fromMs: filteredMs, toMs: brokenMs });
  const broken = found(run, plan.broken, { fromMs: brokenMs, toMs: endMs });
  const drifted = new Set(
    detected.filter(({ direction }) => direction === 'input').map(({ stream }) => stream),
  );
  return {
    falseAlertsBeforeShift: falseEvents.length + falseAlerts.length,
    delayPredictions: filtered.delayPredictions,
    feature: filtered.alerted,
    filtered,
    broken,
    recovered: [...drifted].filter((stream) => isOut(events, stream)).length,
    drifted: drifted.size,
  };
}

/** What does not hold, as sentences. */
export function driftProblems(drift: DriftSummary): readonly string[] {
  const { falseAlertsBeforeShift, filtered, broken } = drift;
  const problems = [filtered, broken]
    .filter(({ alerted, feature }) => alerted !== feature)
    .map(({ what, alerted }) => `the drift alert named ${alerted ?? 'nothing'}: ${what}`);
  return falseAlertsBeforeShift === 0
    ? problems
    : [`${falseAlertsBeforeShift} drift alerts before anything changed`, ...problems];
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function found(
  run: DriftRun,
  shift: DriftPlan['filtered'] | DriftPlan['broken'],
  { fromMs, toMs }: Span,
): Found {
  const { feature, value, kind } = shift;
  const isWithin = (timeMs: number): boolean => timeMs >= fromMs && timeMs < toMs;
  const event = run.events.find(
    (one) => one.kind === 'detected' && one.stream === feature && isWithin(one.timeMs),
  );
  const alert = driftAlerts(run).find(({ firedAtMs }) => isWithin(firedAtMs));
  const since = (timeMs: number): number => run.predictions.at(timeMs) - run.predictions.at(fromMs);
  return {
    what:
      kind === 'filtered' ? `only pages with ${feature} ${value}` : `${feature} is always ${value}`,
    feature,
    ...(event === undefined ? {} : { delayPredictions: since(event.timeMs) }),
    ...(alert === undefined
      ? {}
      : { alerted: alert.stream, alertDelayPredictions: since(alert.firedAtMs) }),
  };
}

interface DriftAlert {
  readonly stream: string;
  readonly firedAtMs: number;
}

/** The alerts that fired, the first one first. */
const driftAlerts = ({ alerts }: DriftRun): readonly DriftAlert[] =>
  alerts
    .flatMap(({ name, stream, firedAtMs }) =>
      name === DRIFT_ALERT && stream !== undefined && firedAtMs !== undefined
        ? [{ stream, firedAtMs }]
        : [],
    )
    .toSorted((a, b) => a.firedAtMs - b.firedAtMs);

const isOut = (events: readonly DriftEvent[], stream: string): boolean => {
  const last = new Map(
    events.filter((one) => one.stream === stream).map(({ aspect, kind }) => [aspect, kind]),
  );
  return [...last.values()].every((kind) => kind === 'recovered');
};
