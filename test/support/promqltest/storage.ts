import { compactHistogram } from '../../../collector/src/model/histogram/compact.ts';
import type { NativeHistogram } from '../../../collector/src/model/histogram/histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA } from '../../../collector/src/model/histogram/histogram.ts';
import type { Labels } from '../../../collector/src/model/labels.ts';
import { METRIC_NAME_LABEL } from '../../../collector/src/model/labels.ts';
import type { NewSample } from '../../../collector/src/promql/memory-source.ts';
import { MemorySource } from '../../../collector/src/promql/memory-source.ts';
import type { LoadCommand, LoadedSeries } from './script.ts';

/** Adds the series of a `load` command. */
export function load(source: MemorySource, command: LoadCommand): void {
  const byLabels = new Map(command.series.map((series) => [series.labels.key, series]));
  for (const series of byLabels.values()) {
    source.append(series.labels, samplesOf(series, command.stepMs));
  }
  if (command.withCustomBuckets) loadCustomBuckets(source, [...byLabels.values()], command.stepMs);
}

function* samplesOf({ values, startTimes }: LoadedSeries, stepMs: number): Generator<NewSample> {
  for (const [index, value] of values.entries()) {
    if (value.kind === 'omitted') continue;
    const timeMs = index * stepMs;
    const offsetMs = startTimes?.[index];
    const times = offsetMs === undefined ? { timeMs } : { timeMs, startTimeMs: timeMs + offsetMs };
    if (value.kind === 'stale') yield { ...times, isStale: true };
    else if (value.kind === 'float') yield { ...times, value: value.value };
    else yield { ...times, histogram: value.histogram };
  }
}

/** What the series of a classic histogram say about one time. */
interface ClassicHistogram {
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
}

/** Builds native histograms with custom buckets from the series of classic ones. */
function loadCustomBuckets(
  source: MemorySource,
  series: readonly LoadedSeries[],
  stepMs: number,
): void {
  const histograms = new Map<string, { labels: Labels; byTime: Map<number, ClassicHistogram> }>();
  for (const item of series) {
    const suffix = /_(?<kind>bucket|count|sum)$/u.exec(item.labels.metricName)?.groups?.['kind'];
    if (suffix === undefined) continue;
    const name = item.labels.metricName.slice(0, -suffix.length - 1);
    const labels = item.labels.with(METRIC_NAME_LABEL, name).with('le', '');
    const known = histograms.get(labels.key) ?? { labels, byTime: new Map() };
    histograms.set(labels.key, known);
    for (const { timeMs, value } of samplesOf(item, stepMs)) {
      if (value === undefined) continue;
      const histogram = known.byTime.get(timeMs) ?? {
        buckets: new Map(),
        count: undefined,
        sum: 0,
      };
      known.byTime.set(timeMs, histogram);
      if (suffix === 'count') histogram.count = value;
      else if (suffix === 'sum') histogram.sum = value;
      else histogram.buckets.set(boundOf(item.labels), value);
    }
  }
  for (const { labels, byTime } of histograms.values()) {
    const times = [...byTime.keys()].sort((left, right) => left - right);
    source.append(
      labels,
      times.flatMap((timeMs) => {
        const classic = byTime.get(timeMs);
        return classic === undefined ? [] : [{ timeMs, histogram: toNative(classic) }];
      }),
    );
  }
}

function boundOf(labels: Labels): number {
  const text = labels.get('le');
  return /^\+?inf$/iu.test(text) ? Infinity : Number(text);
}

function toNative({ buckets, count, sum }: ClassicHistogram): NativeHistogram {
  const sorted = [...buckets]
    .filter(([bound]) => !Number.isNaN(bound))
    .sort(([left], [right]) => left - right);
  const total = count ?? sorted.at(-1)?.[1] ?? 0;
  if (sorted.at(-1)?.[0] !== Infinity) sorted.push([Infinity, total]);
  let below = 0;
  const counts = sorted.map(([, cumulative]) => {
    const inside = cumulative - below;
    below = cumulative;
    return inside;
  });
  return compactHistogram({
    schema: CUSTOM_BUCKETS_SCHEMA,
    counterResetHint: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum,
    positiveSpans: [{ offset: 0, length: counts.length }],
    positiveCounts: counts,
    negativeSpans: [],
    negativeCounts: [],
    customValues: sorted.slice(0, -1).map(([bound]) => bound),
  });
}
