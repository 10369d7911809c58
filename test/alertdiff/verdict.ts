import type { WebhookSink } from '../support/collector/service-process.ts';
import {
  commonSlots,
  compareSeries,
  disturbances,
  firingWithout,
  missedSlots,
  type Stretch,
  stretchesOf,
} from './compare.ts';
import { readSamples, type Samples } from './read-series.ts';
import { GROUPS } from './rules.ts';

export interface AlertdiffInput {
  readonly apis: Readonly<Record<'theirs' | 'slots' | 'arrival' | 'mirror' | 'killed', string>>;
  readonly sinks: { readonly ours: WebhookSink; readonly theirs: WebhookSink };
  /** When the third service was away. */
  readonly away: readonly Stretch[];
  readonly within: Stretch;
  readonly onDifference: (text: string) => void;
}

export interface AlertdiffReport {
  readonly comparisons: number;
  readonly differencesUnexplained: number;
  readonly slotsMissed: number;
  readonly falseEpisodesOnArrival: number;
  readonly episodes: number;
  readonly episodesNotTold: number;
}

/** After a restart `for`, ranges and `keep_firing_for` look back over the time without service. */
const RECOVERY_MS = 15_000;
const INTERVAL_MS = 1000;
/** Shorter ones may begin and end between two messages of Alertmanager. */
const TOLD_MS_MIN = 6000;

interface Selected {
  readonly theirs: ReadonlyMap<string, Samples>;
  readonly slots: ReadonlyMap<string, Samples>;
  readonly arrival: ReadonlyMap<string, Samples>;
  readonly mirror: ReadonlyMap<string, Samples>;
  readonly killed: ReadonlyMap<string, Samples>;
}

/** Compares group by group, so that no answer is large. */
export async function compareAll(input: AlertdiffInput): Promise<AlertdiffReport> {
  const report = {
    comparisons: 0,
    differencesUnexplained: 0,
    slotsMissed: 0,
    falseEpisodesOnArrival: 0,
    episodes: 0,
    episodesNotTold: 0,
  };
  for (let group = 0; group < GROUPS; group += 1) {
    const ticks = await select(input, `{__name__="rec_${group}_tick"}`);
    const values = await select(input, `{__name__=~"rec_${group}_[0-9]+"}`);
    const alerts = await select(input, `{__name__=~"ALERTS.*", alertname=~"A${group}_.*"}`);
    const firing = await select(input, `ALERTS{alertstate="firing", alertname=~"A${group}_.*"}`);
    const tick = (of: ReadonlyMap<string, Samples>): Samples | undefined => [...of.values()][0];
    const disturbed = (...sides: readonly (keyof Selected)[]): readonly Stretch[] =>
      sides.flatMap((side) =>
        disturbances(tick(ticks[side]), { intervalMs: INTERVAL_MS, recoveryMs: RECOVERY_MS }),
      );
    const both = commonSlots(tick(ticks.slots), tick(ticks.theirs), {
      within: input.within,
      outside: disturbed('slots', 'theirs'),
    });
    const recovered = commonSlots(tick(ticks.killed), tick(ticks.theirs), {
      within: input.within,
      outside: [
        ...disturbed('killed', 'theirs'),
        ...input.away.map(({ fromMs, toMs }) => ({
          fromMs: fromMs - INTERVAL_MS,
          toMs: toMs + RECOVERY_MS,
        })),
      ],
    });
    for (const comparison of [
      compareSeries(values.slots, values.theirs, both),
      compareSeries(alerts.slots, alerts.theirs, both),
      compareSeries(values.killed, values.theirs, recovered),
      compareSeries(firing.killed, firing.theirs, recovered),
    ]) {
      report.comparisons += comparison.comparisons;
      report.differencesUnexplained += comparison.differences.length;
      for (const difference of comparison.differences.slice(0, 5)) {
        input.onDifference(`DIFFERENT ${JSON.stringify(difference)}`);
      }
    }
    report.slotsMissed += missedSlots(tick(ticks.slots), input.within, INTERVAL_MS);
    const [slot = 0] = tick(ticks.theirs)?.keys() ?? [];
    const only = firingWithout(firing.arrival, [firing.mirror, firing.theirs], {
      within: input.within,
      slackMs: INTERVAL_MS + 100,
      isSlot: (timeMs) => (timeMs - slot) % INTERVAL_MS === 0,
    }).filter(isOutside(disturbed('arrival', 'mirror')));
    report.falseEpisodesOnArrival += only.length;
    for (const episode of only.slice(0, 5))
      input.onDifference(`ARRIVAL ${JSON.stringify(episode)}`);
    const told = notTold(firing.theirs, input, disturbed('slots', 'theirs'));
    report.episodes += told.episodes;
    report.episodesNotTold += told.missing;
  }
  report.differencesUnexplained += report.episodesNotTold;
  return report;
}

async function select({ apis, within }: AlertdiffInput, selector: string): Promise<Selected> {
  const atMs = within.toMs + 2000;
  const seconds = Math.ceil((atMs - within.fromMs) / 1000) + 10;
  const query = { selector, atMs, seconds };
  const [theirs, slots, arrival, mirror, killed] = await Promise.all([
    readSamples(apis.theirs, query),
    readSamples(apis.slots, query),
    readSamples(apis.arrival, query),
    readSamples(apis.mirror, query),
    readSamples(apis.killed, query),
  ]);
  return { theirs, slots, arrival, mirror, killed };
}

const isOutside =
  (stretches: readonly Stretch[]) =>
  ({ fromMs, toMs }: Stretch): boolean =>
    !stretches.some((each) => each.fromMs <= toMs && each.toMs >= fromMs);

/** Long episodes that Alertmanager told of and the service did not, or with another beginning. */
function notTold(
  firing: ReadonlyMap<string, Samples>,
  { sinks, within, onDifference }: AlertdiffInput,
  disturbed: readonly Stretch[],
): { readonly episodes: number; readonly missing: number } {
  const told = { ours: startsOf(sinks.ours), theirs: startsOf(sinks.theirs) };
  let episodes = 0;
  let missing = 0;
  for (const [series, samples] of firing) {
    const labels = Object.fromEntries(JSON.parse(series) as [string, string][]);
    const { __name__: _name, alertstate: _state, ...alert } = labels;
    const key = JSON.stringify(Object.entries(alert).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    for (const { fromMs, toMs } of stretchesOf(samples, INTERVAL_MS + 100)) {
      if (toMs - fromMs < TOLD_MS_MIN || fromMs < within.fromMs || toMs > within.toMs) continue;
      const startsAt = JSON.stringify([key, fromMs]);
      if (!told.theirs.has(startsAt) || !isOutside(disturbed)({ fromMs, toMs })) continue;
      episodes += 1;
      if (told.ours.has(startsAt)) continue;
      missing += 1;
      onDifference(`NOT TOLD ${startsAt}`);
    }
  }
  return { episodes, missing };
}

/** Alerts with their beginnings, as a receiver was told. */
function startsOf(sink: WebhookSink): ReadonlySet<string> {
  return new Set(
    sink.received.flatMap(({ payload }) =>
      payload.alerts.map(({ labels, startsAt }) => {
        const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
        return JSON.stringify([JSON.stringify(sorted), Date.parse(startsAt)]);
      }),
    ),
  );
}
