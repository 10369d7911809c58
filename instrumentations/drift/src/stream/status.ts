import type { Aspect } from '../compare/aspect.ts';
import type { Comparison } from '../compare/comparison.ts';
import { hasTooManyRecords } from '../compare/evidence/class-evidence.ts';
import type { Rung } from '../compare/ladder.ts';
import { verdictRecords } from '../stream-settings.ts';
import { type Distances, finiteOrNull, valueDistances } from './distances.ts';
import type { StreamMonitor } from './stream-monitor.ts';
import type {
  AspectStatus,
  CategoryMove,
  ClassGap,
  OutlyingStatus,
  RateStatus,
  RungStatus,
  StateReason,
  StreamStatus,
} from './stream-status.ts';

const TOP_MOVERS_MAX = 5;
/** The name of all categories without a place of their own. */
export const OTHER_CATEGORIES = '__other__';
const NO_DISTANCES: Distances = {
  ks: null,
  totalVariation: null,
  psi: null,
  jensenShannon: null,
  hellinger: null,
  wassersteinIqr: null,
  rankWasserstein: null,
  meanDelta: null,
  sigmaRatio: null,
};

/** The status of a stream as it is now. */
export function streamStatus(monitor: StreamMonitor): StreamStatus {
  const { comparison } = monitor;
  const isJudged =
    comparison !== undefined && comparison.value.window.length >= verdictRecords(monitor.options);
  return {
    stream: { ...monitor.key, kind: monitor.kind },
    state: monitor.state,
    profile: monitor.options.profile,
    ...evidenceStatus(monitor, monitor.worst()),
    n: monitor.records,
    windowN: comparison?.value.window.length ?? 0,
    ...baselineStatus(monitor),
    ...distanceStatus(isJudged ? valueDistances(comparison) : NO_DISTANCES),
    missing: rateOf(comparison?.missing),
    novelty: rateOf(comparison?.novelty),
    lastSeen: isoTime(monitor.seenMs(monitor.options.now())),
    badKinds: Array.from(monitor.badKinds ?? [], ([kind, count]) => ({ kind, count })),
    ...noveltyStatus(comparison),
    classGap: classGapOf(monitor),
    ladder: comparison?.ladder?.rungs.map(rungStatus) ?? null,
    topMovers: comparison === undefined ? [] : topMovers(comparison),
    outlying: outlyingOf(comparison),
    aspects: monitor.aspects().map((aspect) => ({
      ...aspectStatus(aspect),
      thin: comparison?.thinOf(aspect.aspect) ?? 1,
    })),
  };
}

function classGapOf({ comparison, options }: StreamMonitor): ClassGap | null {
  const known = comparison?.baseline.known;
  if (comparison === undefined || known?.kind !== 'categories') return null;
  return {
    hasTooManyRecords: hasTooManyRecords(comparison.baseline),
    unknown: options.classes.filter((name) => !known.names.includes(name)),
  };
}

function evidenceStatus(monitor: StreamMonitor, worst: Aspect | undefined) {
  if (worst === undefined) return { ...NO_EVIDENCE, since: isoTime(monitor.createdMs) };
  const evidence = worst.evidence.value;
  return {
    since: isoTime(worst.incident.sinceMs),
    reason: reasonOf(worst, monitor.comparison),
    aspect: worst.aspect,
    evidence,
    log10Evidence: finiteOrNull(Math.log10(evidence)),
    current: finiteOrNull(worst.evidence.current),
    threshold: finiteOrNull(worst.threshold),
    changePoint: changePointOf(monitor, worst),
    acknowledged: acknowledgedOf(worst),
  };
}

const NO_EVIDENCE = {
  reason: 'collecting_baseline',
  aspect: null,
  evidence: null,
  log10Evidence: null,
  current: null,
  threshold: null,
  changePoint: null,
  acknowledged: null,
} as const;

/** The times `Date` can say end in the year 275760; a clock beyond is no clock. */
export const isoTime = (timeMs: number): string =>
  new Date(Math.abs(timeMs) <= 8.64e15 ? timeMs : 0).toISOString();

function reasonOf(worst: Aspect, comparison: Comparison | undefined): StateReason {
  if (worst.state === 'learning') return 'insufficient_data';
  if (worst.state === 'stable') return 'no_change';
  if (worst.isThresholdDecided) {
    return worst.isOverThreshold ? 'over_threshold' : 'awaiting_quiet_window';
  }
  const isEvident = worst.evidence.value >= worst.threshold;
  if (worst.state === 'warning') {
    if (isEvident) return 'evidence_without_effect';
    const isSlow = worst === comparison?.value && comparison.ladder?.isWarned === true;
    return isSlow ? 'slow_change' : 'effect_without_evidence';
  }
  const { distance, floor } = worst.effect;
  return distance >= floor ? 'evidence_and_effect' : 'awaiting_quiet_window';
}

function changePointOf(
  { records, times }: StreamMonitor,
  worst: Aspect,
): StreamStatus['changePoint'] {
  const record = worst.incident.changePoint;
  if (record === null) return null;
  const timeMs = times.timeOf(record);
  return { recordsAgo: records - record + 1, time: timeMs === null ? null : isoTime(timeMs) };
}

function baselineStatus({
  comparison,
  learner,
}: StreamMonitor): Pick<StreamStatus, 'baseline' | 'learning' | 'thinning' | 'designEffect'> {
  const learning =
    learner === undefined
      ? null
      : {
          collected: learner.length,
          wanted: learner.wanted,
          lastFailure: learner.lastFailure ?? null,
        };
  if (comparison === undefined)
    return { baseline: null, learning, thinning: null, designEffect: null };
  const { baseline, baselineId, value } = comparison;
  return {
    baseline: {
      id: baselineId,
      n: baseline.size,
      referenceN: value.evidence.referenceSize,
      frozen: value.evidence.isFrozen,
      quality: baseline.quality,
      source: baseline.source,
      thin: baseline.thin,
    },
    learning,
    thinning: comparison.thinOf('value'),
    designEffect: baseline.designEffect,
  };
}

function distanceStatus({ ks, psi, ...rest }: Distances) {
  return {
    ks:
      ks === null
        ? null
        : { d: ks.value, lo: Math.max(0, ks.value - (ks.floor ?? 0)), floor: ks.floor, p: ks.p },
    psi: psi === null ? null : { value: psi.value, debiased: psi.debiased, p: psi.p },
    js: rest.jensenShannon?.value ?? null,
    hellinger: rest.hellinger?.value ?? null,
    totalVariation: rest.totalVariation?.value ?? null,
    w1: rest.wassersteinIqr,
    rankW1: rest.rankWasserstein,
    meanDelta: rest.meanDelta,
    sigmaRatio: rest.sigmaRatio,
  };
}

function rateOf(aspect: Comparison['missing'] | undefined): RateStatus {
  if (aspect === undefined) return { baseline: null, window: null };
  const { baseline, hits, length } = aspect.window;
  return {
    baseline: finiteOrNull(baseline.hits / baseline.records),
    window: finiteOrNull(hits / length),
  };
}

/** The categories whose share changed most. */
export function topMovers({ baseline, categories }: Comparison): readonly CategoryMove[] {
  const { known, categoryCounts } = baseline;
  if (categories === undefined || known.kind !== 'categories' || categories.length === 0) return [];
  const m = categoryCounts.reduce((sum, count) => sum + count, 0);
  const counts = categories.counts();
  return [...known.names, OTHER_CATEGORIES]
    .map((category, place) => ({
      category,
      baseline: m === 0 ? 0 : (categoryCounts[place] ?? 0) / m,
      window: (counts[place] ?? 0) / categories.length,
    }))
    .filter((move) => move.baseline !== move.window)
    .toSorted((a, b) => Math.abs(b.window - b.baseline) - Math.abs(a.window - a.baseline))
    .slice(0, TOP_MOVERS_MAX);
}

/** Records of a category that a window should hold for its absence to be worth a word. */
const EXPECTED_MIN = 10;

function noveltyStatus(
  comparison: Comparison | undefined,
): Pick<StreamStatus, 'outOfRange' | 'newCategories' | 'vanishedCategories'> {
  if (comparison === undefined) {
    return { outOfRange: null, newCategories: [], vanishedCategories: [] };
  }
  const { baseline, novel, categories } = comparison;
  const { known, categoryCounts, size } = baseline;
  if (known.kind === 'range') {
    const { below, above } = novel;
    const outOfRange = { below, above, min: known.min, max: known.max };
    return { outOfRange, newCategories: [], vanishedCategories: [] };
  }
  const counts = categories?.counts();
  const records = categories?.length ?? 0;
  const vanishedCategories = known.names.filter((_, place) => {
    const expected = ((categoryCounts[place] ?? 0) / Math.max(1, size)) * records;
    return counts?.[place] === 0 && expected >= EXPECTED_MIN;
  });
  return { outOfRange: null, newCategories: novel.categories(), vanishedCategories };
}

function outlyingOf(comparison: Comparison | undefined): readonly OutlyingStatus[] {
  return (comparison?.outlying.entries() ?? []).map(({ value, rank, traceId, spanId, timeMs }) => ({
    value,
    rank,
    traceId,
    spanId,
    time: isoTime(timeMs),
  }));
}

function acknowledgedOf(worst: Aspect): StreamStatus['acknowledged'] {
  const { acknowledged } = worst.incident;
  return acknowledged && { by: acknowledged.by, time: isoTime(acknowledged.timeMs) };
}

const rungStatus = ({ records, ks, psiDebiased, p, isWarned }: Rung): RungStatus => ({
  records,
  ks: { lo: ks.low, hi: ks.high },
  psiDebiased,
  p,
  warned: isWarned,
});

const aspectStatus = (monitor: Aspect): Omit<AspectStatus, 'thin'> => ({
  aspect: monitor.aspect,
  state: monitor.state,
  evidence: monitor.evidence.value,
  threshold: finiteOrNull(monitor.threshold),
  distance: monitor.effect.distance,
  floor: monitor.effect.floor,
});
