import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

import { textKey } from '@telltale/core';

import { type Exemplar, exemplarsOf, exemplarTimeMs } from './data-point.ts';

const BUCKET = /^(?<family>[A-Za-z_:][\w:]*)_bucket\{(?<labels>.*)\} \S+$/u;
const LABEL = /(?<name>[A-Za-z_]\w*)="(?<value>(?:[^"\\]|\\.)*)"/gu;
const MS_PER_SECOND = 1_000;

/** Exemplars by series, as `seriesKey` names it. */
export type ExemplarIndex = ReadonlyMap<string, readonly Exemplar[]>;

/** The exemplars of metrics that have their Prometheus names already. */
export function indexExemplars({ scopeMetrics }: ResourceMetrics): ExemplarIndex {
  const index = new Map<string, readonly Exemplar[]>();
  for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    for (const point of dataPoints) {
      const exemplars = exemplarsOf(point);
      if (exemplars.length === 0) continue;
      const labels = Object.entries(point.attributes).map(([name, value]) => [name, String(value)]);
      index.set(seriesKey(descriptor.name, labels as [string, string][]), exemplars);
    }
  }
  return index;
}

/**
 * The page in OpenMetrics 1.0: counters are declared without `_total`, buckets carry exemplars and
 * the page ends with `# EOF`.
 */
export function toOpenMetrics(text: string, exemplars: ExemplarIndex): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(
    lines.flatMap((line) => /^# TYPE (\S+)_total counter$/u.exec(line)?.[1] ?? []),
  );
  const given = new Set<Exemplar>();
  const written = lines.map((line) =>
    line.startsWith('# ') ? declaration(line, counters) : withExemplar(line, exemplars, given),
  );
  return `${[...written.filter((line) => line !== undefined), '# EOF'].join('\n')}\n`;
}

function declaration(line: string, counters: ReadonlySet<string>): string | undefined {
  const match = /^# (HELP|TYPE|UNIT) (\S+)(.*)$/u.exec(line);
  if (match === null) return undefined;
  const [, keyword = '', name = '', rest = ''] = match;
  const family = name.replace(/_total$/u, '');
  return `# ${keyword} ${counters.has(family) ? family : name}${rest}`;
}

/** Lines of a series come in the order of their bounds, so the first that fits is its bucket. */
function withExemplar(line: string, index: ExemplarIndex, given: Set<Exemplar>): string {
  const bucket = index.size === 0 ? undefined : parseBucket(line);
  if (bucket === undefined) return line;
  const exemplars = index.get(bucket.series) ?? [];
  const inBucket = exemplars.filter((one) => one.value <= bucket.bound && !given.has(one));
  for (const exemplar of inBucket) given.add(exemplar);
  const newest = inBucket.toSorted((a, b) => exemplarTimeMs(b) - exemplarTimeMs(a))[0];
  return newest === undefined ? line : `${line} ${format(newest)}`;
}

interface Bucket {
  readonly series: string;
  /** The upper bound, inclusive. */
  readonly bound: number;
}

function parseBucket(line: string): Bucket | undefined {
  const { family, labels: text } = BUCKET.exec(line)?.groups ?? {};
  if (family === undefined || text === undefined) return undefined;
  const labels: [string, string][] = [];
  let bound = Number.POSITIVE_INFINITY;
  for (const match of text.matchAll(LABEL)) {
    const { name = '', value = '' } = match.groups ?? {};
    if (name === 'le') bound = value === '+Inf' ? bound : Number(value);
    else if (!name.startsWith('otel_scope_')) labels.push([name, unescape(value)]);
  }
  return { series: seriesKey(family, labels), bound };
}

function seriesKey(family: string, labels: readonly (readonly [string, string])[]): string {
  return textKey([family, ...labels.map((label) => textKey(label)).toSorted()]);
}

function format(exemplar: Exemplar): string {
  const { traceId, spanId, value } = exemplar;
  const time = (exemplarTimeMs(exemplar) / MS_PER_SECOND).toFixed(3);
  return `# {trace_id="${traceId}",span_id="${spanId}"} ${value} ${time}`;
}

function unescape(value: string): string {
  return value.replace(/\\(.)/gu, (_, character: string) => (character === 'n' ? '\n' : character));
}
