import type { WebhookSink } from '../support/collector/service-process.ts';
import {
  commonSlots,
  compareSeries,
  disturbances,
  firingWithout,
  missedSlots,
  type Stretch,
  slotsWithin,
  stretchesOf,
} from './compare.ts';
import { type Lateness, latenessOf } from './lateness.ts';
import { readSamples, type Samples } from './read-series.ts';
import { GROUPS } from './rules.ts';
import type { Passage } from './stream.ts';
import { notTold } from './told.ts';

/** The programs side by side: Prometheus, and the service in four ways. */
export type Side = 'theirs' | 'slots' | 'arrival' | 'mirror' | 'killed';

export interface AlertdiffInput {
  readonly apis: Readonly<Record<Side, string>>;
  readonly sinks: { readonly ours: WebhookSink; readonly theirs: WebhookSink };
  /** What became of each sample on its way to those that get them ahead of their time. */
  readonly passages: Readonly<
    Record<'theirs' | 'slots' | 'killed' | 'arrival', readonly Passage[]>
  >;
  /** When the killed service was away. */
  readonly away: readonly Stretch[];
  readonly within: Stretch;
  readonly onDifference: (text: string) => void;
}

export interface AlertdiffReport {
  /** A value of one series at one slot, on both sides. */
  readonly comparisons: number;
  /** Left out: a side had a sample late, skipped the slot or was away shortly before. */
  readonly comparisonsSetAside: number;
  readonly differencesUnexplained: number;
  /** Slots without an evaluation, of the three services that are not killed. */
  readonly slotsMissed: number;
  readonly slotsMissedByPrometheus: number;
  readonly falseEpisodesOnArrival: number;
  /** Fired on arrival later than anywhere else, because their samples came so late. */
  readonly lateEpisodesOnArrival: number;
  readonly episodes: number;
  readonly episodesNotTold: number;
  /** Samples that this command sent after their time, for want of processor time. */
  readonly samplesSentLate: number;
  /** Samples that a program took after their time although they were sent before. */
  readonly samplesTakenLate: number;
}

/** After a restart `for`, ranges and `keep_firing_for` look back over the time without service. */
const RECOVERY_MS = 15_000;
const INTERVAL_MS = 1000;
/** Samples of `ALERTS` this close together are of one episode. */
const SLACK_MS = INTERVAL_MS + 100;

type BySide = Readonly<Record<Side, ReadonlyMap<string, Samples>>>;

/** What all programs made of one group. */
interface GroupSeries {
  readonly ticks: Readonly<Record<Side, Samples | undefined>>;
  readonly values: BySide;
  readonly alerts: BySide;
  readonly firing: BySide;
}

type Counts = { -readonly [Name in keyof AlertdiffReport]: number };

/** Compares group by group, so that no answer is large. */
export async function compareAll(input: AlertdiffInput): Promise<AlertdiffReport> {
  const lateness = {
    theirs: latenessOf(input.passages.theirs, RECOVERY_MS),
    slots: latenessOf(input.passages.slots, RECOVERY_MS),
    killed: latenessOf(outside(input.passages.killed, input.away), RECOVERY_MS),
  };
  const all = Object.values(lateness);
  const counts: Counts = {
    comparisons: 0,
    comparisonsSetAside: 0,
    differencesUnexplained: 0,
    slotsMissed: 0,
    slotsMissedByPrometheus: 0,
    falseEpisodesOnArrival: 0,
    lateEpisodesOnArrival: 0,
    episodes: 0,
    episodesNotTold: 0,
    samplesSentLate: all.reduce((sum, { sentLate }) => sum + sentLate, 0),
    samplesTakenLate: all.reduce((sum, { takenLate }) => sum + takenLate, 0),
  };
  for (let group = 0; group < GROUPS; group += 1) {
    const series = await readGroup(input, group);
    compareValues(input, series, { counts, lateness });
    for (const side of ['slots', 'arrival', 'mirror'] as const) {
      const slots = missedSlots(series.ticks[side], input.within, INTERVAL_MS);
      counts.slotsMissed += slots.length;
      if (slots.length > 0)
        input.onDifference(`MISSED ${side} group ${group} ${JSON.stringify(slots)}`);
    }
    const missed = missedSlots(series.ticks.theirs, input.within, INTERVAL_MS);
    counts.slotsMissedByPrometheus += missed.length;
    const wrong = falseEpisodes(input, series, lateness.theirs);
    counts.falseEpisodesOnArrival += wrong.neverThere;
    counts.lateEpisodesOnArrival += wrong.late;
    const told = notTold(series.firing.theirs, {
      ...input,
      setAside: [
        ...disturbed(series, ['slots', 'theirs']),
        ...lateness.slots.stretches,
        ...lateness.theirs.stretches,
      ],
    });
    counts.episodes += told.episodes;
    counts.episodesNotTold += told.missing;
  }
  counts.differencesUnexplained += counts.episodesNotTold;
  return counts;
}

type Judged = Readonly<Record<'theirs' | 'slots' | 'killed', Lateness>>;

/** The service beside Prometheus at the slots that both recorded: undisturbed, and killed. */
function compareValues(
  { within, away, onDifference }: AlertdiffInput,
  series: GroupSeries,
  { counts, lateness }: { readonly counts: Counts; readonly lateness: Judged },
): void {
  const { ticks, values, alerts, firing } = series;
  for (const side of ['slots', 'killed'] as const) {
    const both = slotsWithin(ticks[side], ticks.theirs, within);
    const slots = commonSlots(both, [
      ...disturbed(series, [side, 'theirs']),
      ...lateness[side].stretches,
      ...lateness.theirs.stretches,
      ...(side === 'killed' ? away.map(recovering) : []),
    ]);
    const pairs = [
      [values[side], values.theirs],
      // After a restart `pending` may begin again; who fires must be the same.
      side === 'killed' ? [firing.killed, firing.theirs] : [alerts[side], alerts.theirs],
    ] as const;
    for (const [ours, theirs] of pairs) {
      const { comparisons, differences } = compareSeries(ours, theirs, slots);
      counts.comparisons += comparisons;
      counts.comparisonsSetAside +=
        (comparisons / Math.max(1, slots.size)) * (both.length - slots.size);
      counts.differencesUnexplained += differences.length;
      for (const difference of differences.slice(0, 5)) {
        onDifference(`DIFFERENT ${side} ${JSON.stringify(difference)}`);
      }
    }
  }
}

/**
 * Alerts that fired on arrival and at no slot of others: neither where samples come when they are
 * due, nor in Prometheus, which has all of them in time.
 */
function falseEpisodes(
  { within, passages, onDifference }: AlertdiffInput,
  series: GroupSeries,
  theirs: Lateness,
): { readonly neverThere: number; readonly late: number } {
  const { ticks, firing } = series;
  const [slot = 0] = ticks.theirs?.keys() ?? [];
  // Only where Prometheus itself saw all that there was can it say that an alert is false.
  const blind = [...disturbed(series, ['theirs']), ...theirs.stretches];
  const only = firingWithout(firing.arrival, [firing.mirror, firing.theirs], {
    within,
    slackMs: SLACK_MS,
    isSlot: (timeMs) => (timeMs - slot) % INTERVAL_MS === 0,
  }).filter((episode) => !blind.some(overlaps(episode)));
  const isLate = (episode: Stretch & { readonly series: string }): boolean => {
    const seen = { ...episode, fromMs: dataSinceMs(episode, passages.arrival) - SLACK_MS };
    const samples = firing.theirs.get(episode.series) ?? new Map<number, number>();
    return stretchesOf(samples, SLACK_MS).some(overlaps(seen));
  };
  const neverThere = only.filter((episode) => !isLate(episode));
  for (const one of neverThere.slice(0, 5)) onDifference(`ARRIVAL ${JSON.stringify(one)}`);
  return { neverThere: neverThere.length, late: only.length - neverThere.length };
}

/** The time of the oldest sample that was under way while an episode lasted, or just before. */
function dataSinceMs({ fromMs, toMs }: Stretch, passages: readonly Passage[]): number {
  const times = passages
    .filter(({ sentMs, takenMs }) => takenMs >= fromMs - SLACK_MS && sentMs <= toMs)
    .map(({ timeMs }) => timeMs);
  return Math.min(fromMs, ...times);
}

async function readGroup(input: AlertdiffInput, group: number): Promise<GroupSeries> {
  const read = (selector: string): Promise<BySide> => select(input, selector);
  const ticks = await read(`{__name__="rec_${group}_tick"}`);
  const first = ([samples]: Iterable<Samples>): Samples | undefined => samples;
  return {
    ticks: {
      theirs: first(ticks.theirs.values()),
      slots: first(ticks.slots.values()),
      arrival: first(ticks.arrival.values()),
      mirror: first(ticks.mirror.values()),
      killed: first(ticks.killed.values()),
    },
    values: await read(`{__name__=~"rec_${group}_[0-9]+"}`),
    alerts: await read(`{__name__=~"ALERTS.*", alertname=~"A${group}_.*"}`),
    firing: await read(`ALERTS{alertstate="firing", alertname=~"A${group}_.*"}`),
  };
}

async function select({ apis, within }: AlertdiffInput, selector: string): Promise<BySide> {
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

const disturbed = ({ ticks }: GroupSeries, sides: readonly Side[]): readonly Stretch[] =>
  sides.flatMap((side) =>
    disturbances(ticks[side], { intervalMs: INTERVAL_MS, recoveryMs: RECOVERY_MS }),
  );

const recovering = ({ fromMs, toMs }: Stretch): Stretch => {
  return { fromMs: fromMs - INTERVAL_MS, toMs: toMs + RECOVERY_MS };
};

/** What was due while a service was away is late by intention, and set aside as such. */
const outside = (passages: readonly Passage[], away: readonly Stretch[]): readonly Passage[] =>
  passages.filter(
    ({ timeMs, takenMs }) =>
      !away.map(recovering).some(overlaps({ fromMs: timeMs, toMs: takenMs })),
  );

const overlaps =
  (one: Stretch) =>
  (other: Stretch): boolean =>
    one.fromMs <= other.toMs && one.toMs >= other.fromMs;
