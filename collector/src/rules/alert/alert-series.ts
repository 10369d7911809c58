import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { RuleSample } from '../evaluation.ts';
import type { AlertingRule } from '../rule.ts';
import type { KnownAlert, KnownSeries, StateSeries } from './alert-memory.ts';
import type { Alert, AlertStatus } from './alert-state.ts';

export const ALERTS_METRIC = 'ALERTS';
export const ALERTS_FOR_STATE_METRIC = 'ALERTS_FOR_STATE';
export const ALERT_NAME_LABEL = 'alertname';
const ALERT_STATE_LABEL = 'alertstate';

/** Adds the samples of `ALERTS` and `ALERTS_FOR_STATE` for a pending or firing alert. */
export function addStateSamples(
  samples: RuleSample[],
  { activeAtMs }: Alert,
  { series, timeMs }: { readonly series: StateSeries; readonly timeMs: number },
): void {
  const { alerts, forState } = series;
  samples.push({ labels: alerts.labels, timeMs, value: 1, place: alerts.place });
  const activeAtSeconds = Math.floor(activeAtMs / 1000);
  samples.push({
    labels: forState.labels,
    timeMs,
    value: activeAtSeconds,
    place: forState.place,
  });
}

/** The two series of an alert in a state, which are made when the state is another than before. */
export function stateSeries(
  rule: AlertingRule,
  known: KnownAlert,
  status: AlertStatus,
): StateSeries {
  const before = known.series;
  if (before?.status === status) return before;
  // Upstream starts from the labels as written, so one that expands to nothing shows its template.
  const pairs = [...Object.entries(rule.labels), ...known.labels];
  const series = {
    status,
    alerts: namedSeries(ALERTS_METRIC, [...pairs, [ALERT_STATE_LABEL, status]]),
    forState: before?.forState ?? namedSeries(ALERTS_FOR_STATE_METRIC, pairs),
  };
  known.series = series;
  return series;
}

function namedSeries(name: string, pairs: readonly (readonly [string, string])[]): KnownSeries {
  const labels = Labels.fromPairs([...pairs, [METRIC_NAME_LABEL, name]]);
  return { labels, place: { store: undefined, reference: 0 } };
}
