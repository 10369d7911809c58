import type { StreamStatus } from '@telltale/instrumentation-drift';

import { shortNumber } from './text.ts';

/** Streams that are explained: the rest is in the table. */
const EXPLAINED_MAX = 12;
/** A stream is stale that was silent for so long while others of its model were not. */
const STALE_MS = 3_600_000;
const FRESH_MS = 300_000;
const NAMES_SHOWN_MAX = 5;

const RANK: Readonly<Record<string, number>> = {
  alert: 4,
  drift: 3,
  warning: 2,
  learning: 1,
  stable: 0,
};

/** What to look at first, and a sentence for every stream that is not simply stable. */
export function explanations(streams: readonly StreamStatus[], nowMs: number): readonly string[] {
  const worstFirst = streams.toSorted((a, b) => weightOf(b) - weightOf(a));
  const [first] = worstFirst;
  const told = worstFirst
    .map((status) => ({ name: status.stream.name, text: explain(status, streams, nowMs) }))
    .filter(({ text }) => text !== undefined)
    .slice(0, EXPLAINED_MAX);
  const isTrouble = first !== undefined && (RANK[first.state] ?? 0) >= 2;
  return [
    ...(isTrouble
      ? [`Look first at ${first.stream.name}: telltale drift plot ${quoted(first.stream.name)}`]
      : []),
    ...told.map(({ name, text }) => `${name}: ${text}`),
  ];
}

/** As a shell takes it. */
const quoted = (name: string): string =>
  /^[\w.-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

/** By state, then by how far the effect is over what matters. */
function weightOf({ state, aspect, aspects, acknowledged }: StreamStatus): number {
  const worst = aspects.find((one) => one.aspect === aspect);
  const seen = acknowledged === null ? 0 : -0.5;
  return (RANK[state] ?? 0) + seen + Math.min(0.4, 0.4 * (worst?.distance ?? 0));
}

function explain(
  status: StreamStatus,
  streams: readonly StreamStatus[],
  nowMs: number,
): string | undefined {
  const parts = [
    ...(status.baseline === null ? [whyLearning(status)] : []),
    ...((RANK[status.state] ?? 0) >= 2 ? [whatMoved(status), whyState(status)] : []),
    ...badValues(status),
    ...categories(status),
    ...unwatched(status),
    ...staleness(status, streams, nowMs),
  ].filter((part) => part !== '');
  const all = status.profile === 'short' ? [SHORT, ...parts] : parts;
  return all.length === 0 ? undefined : all.join('; ');
}

const SHORT = 'profile short: fewer values are needed, at the price of more false alarms';

const FAILURES: Readonly<Record<string, string>> = {
  too_few: 'too few independent values',
  mostly_missing: 'most values are missing',
  halves_differ: 'its first half differs from its second',
  keeps_changing: 'the values keep changing',
  missing_too_few: 'values are missing in bursts, which takes more records to know',
  missing_changes: 'the share of missing values changes',
};

function whyLearning({ learning }: StreamStatus): string {
  if (learning === null) return '';
  const { collected, wanted, lastFailure } = learning;
  const why = lastFailure === null ? '' : `: ${FAILURES[lastFailure] ?? lastFailure}`;
  return `learns its baseline, ${collected} of ${wanted} records${why}`;
}

/** Which way it moved, and how far. */
function whatMoved(status: StreamStatus): string {
  const { aspect, missing, novelty, topMovers, meanDelta, sigmaRatio } = status;
  if (aspect === 'missing') return `missing values ${shares(missing)}`;
  if (aspect === 'novelty') return `values the baseline does not know ${shares(novelty)}`;
  const [mover] = topMovers;
  if (mover !== undefined) return `"${mover.category}" ${shares(mover)}`;
  const parts = [
    ...(meanDelta === null
      ? []
      : [`mean ${meanDelta < 0 ? 'down' : 'up'} by ${shortNumber(Math.abs(meanDelta))}`]),
    ...(sigmaRatio === null ? [] : [`spread ${shortNumber(sigmaRatio)} times the baseline's`]),
  ];
  return parts.join(', ');
}

function shares(of: { readonly baseline: number | null; readonly window: number | null }): string {
  const { baseline, window } = of;
  if (baseline === null || window === null) return '';
  const verb = window > baseline ? 'rose' : 'fell';
  return `${verb} from ${percent(baseline)} to ${percent(window)} of the records`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const REASONS: Readonly<Record<string, string>> = {
  evidence_without_effect: 'it is evident, but smaller than what counts as drift',
  effect_without_evidence: 'large, but it may still be chance',
  evidence_and_effect: 'it is evident, and large enough to matter',
  awaiting_quiet_window: 'it is over as soon as a whole window is quiet',
  over_threshold: 'the distance is over the threshold; nothing is promised about false alarms',
  slow_change: 'long blocks of records show a change that no window does',
};

/** The state, and what evidence means, in words. */
function whyState({ reason, evidence, threshold, changePoint }: StreamStatus): string {
  const began = changePoint === null ? '' : `, since about ${changePoint.recordsAgo} records ago`;
  const needed =
    evidence !== null && threshold !== null && evidence < threshold
      ? ` (evidence ${shortNumber(evidence)} of ${shortNumber(threshold)}, which chance reaches as seldom as promised)`
      : '';
  return `${REASONS[reason] ?? reason}${began}${needed}`;
}

function badValues({ badKinds, outOfRange, state }: StreamStatus): readonly string[] {
  const bad = badKinds.map(({ kind, count }) => `${count} times ${kind}`);
  const isOut =
    outOfRange !== null && state !== 'stable' && outOfRange.below + outOfRange.above > 0;
  return [
    ...(bad.length === 0 ? [] : [`unusable: ${bad.join(', ')}`]),
    ...(isOut
      ? [
          `${outOfRange.below} ${outOfRange.below === 1 ? 'value' : 'values'} below ${shortNumber(outOfRange.min)} and ${outOfRange.above} above ${shortNumber(outOfRange.max)}`,
        ]
      : []),
  ];
}

function categories({ newCategories, vanishedCategories, state }: StreamStatus): readonly string[] {
  if (state === 'stable') return [];
  const fresh = newCategories.slice(0, NAMES_SHOWN_MAX).map(({ category }) => `"${category}"`);
  const gone = vanishedCategories.slice(0, NAMES_SHOWN_MAX).map((name) => `"${name}"`);
  return [
    ...(fresh.length === 0 ? [] : [`new: ${fresh.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`no longer seen: ${gone.join(', ')}`]),
  ];
}

/** Why classes are not watched one by one. Processes of older versions say nothing of it. */
function unwatched({ classGap }: Partial<StreamStatus>): readonly string[] {
  if (classGap === undefined || classGap === null) return [];
  const names = classGap.unknown.slice(0, NAMES_SHOWN_MAX).map((name) => `"${name}"`);
  return [
    ...(classGap.hasTooManyRecords
      ? [
          'no evidence by class: the baseline claims more than a million records; build one from fewer',
        ]
      : []),
    ...(names.length === 0
      ? []
      : [
          `not watched by name, as the baseline has no place for them: ${names.join(', ')}; build the baseline from records that have them`,
        ]),
  ];
}

/** Whether a stream went silent while others of its model did not. */
function staleness(
  { stream, lastSeen }: StreamStatus,
  streams: readonly StreamStatus[],
  nowMs: number,
): readonly string[] {
  const silentMs = (time: string): number => nowMs - Date.parse(time);
  if (!(silentMs(lastSeen) > STALE_MS)) return [];
  const isAlone = !streams.some(
    (other) => other.stream.model === stream.model && silentMs(other.lastSeen) < FRESH_MS,
  );
  if (isAlone) return [];
  return [`stale: no value since ${lastSeen}, while other streams of the model get some`];
}
