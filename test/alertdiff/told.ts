import type { WebhookSink } from '../support/collector/service-process.ts';
import { type Stretch, stretchesOf } from './compare.ts';
import type { Samples } from './read-series.ts';

/** Shorter ones may begin and end between two messages of Alertmanager. */
const TOLD_MS_MIN = 6000;
/** Samples of `ALERTS` this close together are of one episode. */
const GAP_MS = 1100;

export interface Told {
  readonly episodes: number;
  readonly missing: number;
}

/** Long episodes that Alertmanager told of and the service did not, or with another beginning. */
export function notTold(
  firing: ReadonlyMap<string, Samples>,
  options: {
    readonly sinks: { readonly ours: WebhookSink; readonly theirs: WebhookSink };
    readonly within: Stretch;
    readonly setAside: readonly Stretch[];
    readonly onDifference: (text: string) => void;
  },
): Told {
  const { sinks, within, setAside, onDifference } = options;
  const told = { ours: startsOf(sinks.ours), theirs: startsOf(sinks.theirs) };
  let episodes = 0;
  let missing = 0;
  for (const [series, samples] of firing) {
    const key = alertKey(series);
    for (const { fromMs, toMs } of stretchesOf(samples, GAP_MS)) {
      if (toMs - fromMs < TOLD_MS_MIN || fromMs < within.fromMs || toMs > within.toMs) continue;
      if (setAside.some((each) => each.fromMs <= toMs && each.toMs >= fromMs)) continue;
      const startsAt = JSON.stringify([key, fromMs]);
      if (!told.theirs.has(startsAt)) continue;
      episodes += 1;
      if (told.ours.has(startsAt)) continue;
      missing += 1;
      onDifference(`NOT TOLD ${startsAt}`);
    }
  }
  return { episodes, missing };
}

/** The labels of an alert, from those of its `ALERTS` series. */
function alertKey(series: string): string {
  const labels = Object.fromEntries(JSON.parse(series) as [string, string][]);
  const { __name__: _name, alertstate: _state, ...alert } = labels;
  return labelsKey(alert);
}

const labelsKey = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Alerts with their beginnings, as a receiver was told. */
function startsOf(sink: WebhookSink): ReadonlySet<string> {
  return new Set(
    sink.received.flatMap(({ payload }) =>
      payload.alerts.map(({ labels, startsAt }) =>
        JSON.stringify([labelsKey(labels), Date.parse(startsAt)]),
      ),
    ),
  );
}
