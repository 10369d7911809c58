import { allBuckets } from '../../../collector/src/model/histogram/buckets.ts';
import type { NativeHistogram } from '../../../collector/src/model/histogram/histogram.ts';
import { formatAnnotation } from '../../../collector/src/promql/annotations.ts';
import type { EvaluationResult, Point, Value } from '../../../collector/src/promql/eval/values.ts';
import { seriesKey } from './remote-read.ts';

/** A histogram as the query API shows it: [boundary rule, lower, upper, count] for full buckets. */
export interface ApiHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly number[])[];
}

export type ApiPoint = readonly [timeMs: number, value: number | ApiHistogram];

/** An answer in a shape both sides can be brought into. */
export type Answer =
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'series';
      /** Series by labels; a scalar has none. */
      readonly series: ReadonlyMap<string, readonly ApiPoint[]>;
      /** Warnings and infos as users see them, sorted. */
      readonly remarks: readonly string[];
      /** The series in the order they were answered, which sorting functions decide. */
      readonly order: readonly string[];
    };

interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
  readonly histogram?: readonly [number, ApiHistogramText];
  readonly histograms?: readonly (readonly [number, ApiHistogramText])[];
}

interface ApiHistogramText {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

interface ApiResponse {
  readonly status: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

/** Asks Prometheus; `path` is `query` or `query_range`. */
export async function askPrometheus(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  const answer = (await response.json()) as ApiResponse;
  if (answer.data === undefined) return { kind: 'error', message: answer.error ?? answer.status };
  const { resultType, result } = answer.data;
  const remarks = [...(answer.warnings ?? []), ...(answer.infos ?? [])];
  if (resultType === 'scalar') {
    const [seconds, text] = result as [number, string];
    return seriesAnswer([['[]', [[toMs(seconds), toNumber(text)]]]], remarks);
  }
  const series = (result as ApiSeries[]).map((one) => [keyOf(one), pointsOf(one)] as const);
  return seriesAnswer(series, remarks);
}

function keyOf({ metric }: ApiSeries): string {
  return seriesKey(Object.entries(metric));
}

function pointsOf(series: ApiSeries): ApiPoint[] {
  const floats = [...(series.values ?? []), ...(series.value === undefined ? [] : [series.value])];
  const histograms = [
    ...(series.histograms ?? []),
    ...(series.histogram === undefined ? [] : [series.histogram]),
  ];
  const points: ApiPoint[] = [
    ...floats.map(([seconds, text]): ApiPoint => [toMs(seconds), toNumber(text)]),
    ...histograms.map(([seconds, text]): ApiPoint => [toMs(seconds), histogramFrom(text)]),
  ];
  return points.sort(([left], [right]) => left - right);
}

function histogramFrom({ count, sum, buckets = [] }: ApiHistogramText): ApiHistogram {
  return {
    count: toNumber(count),
    sum: toNumber(sum),
    buckets: buckets.map(([rule, ...rest]) => [rule, ...rest.map(toNumber)]),
  };
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/** Our result in the same shape; `text` is the expression, which remarks point into. */
export function ownAnswer({ value, annotations }: EvaluationResult, text: string): Answer {
  const remarks = annotations.map((annotation) => formatAnnotation(annotation, text));
  return seriesAnswer(seriesOf(value), remarks);
}

function seriesOf(value: Value): [string, ApiPoint[]][] {
  switch (value.kind) {
    case 'scalar':
      return [['[]', [[value.timeMs, value.value]]]];
    case 'string':
      return [];
    case 'vector':
      return value.elements.map((one) => [seriesKey(one.labels), [apiPoint(one)]]);
    case 'matrix':
      return value.series.map((one) => [seriesKey(one.labels), one.points.map(apiPoint)]);
  }
}

function apiPoint({ timeMs, value, histogram }: Point): ApiPoint {
  return [timeMs, histogram === undefined ? (value ?? Number.NaN) : apiHistogram(histogram)];
}

function apiHistogram(histogram: NativeHistogram): ApiHistogram {
  const buckets = allBuckets(histogram)
    .filter(({ count }) => count !== 0)
    .map((bucket) => [
      boundaryRule(bucket.isLowerInclusive, bucket.isUpperInclusive),
      bucket.lower,
      bucket.upper,
      bucket.count,
    ]);
  return { count: histogram.count, sum: histogram.sum, buckets };
}

function boundaryRule(isLowerInclusive: boolean, isUpperInclusive: boolean): number {
  if (isLowerInclusive) return isUpperInclusive ? 3 : 1;
  return isUpperInclusive ? 0 : 2;
}

/**
 * Whether counter resets conflict is told from hints that depend on how the samples lie in chunks
 * and on whether an outer function needs the buckets.
 */
const DEPENDS_ON_CHUNKS = 'conflicting counter resets';

function seriesAnswer(
  entries: readonly (readonly [string, readonly ApiPoint[]])[],
  remarks: readonly string[],
): Answer {
  return {
    kind: 'series',
    series: new Map(entries),
    order: entries.map(([key]) => key),
    remarks: remarks.filter((remark) => !remark.includes(DEPENDS_ON_CHUNKS)).sort(),
  };
}
