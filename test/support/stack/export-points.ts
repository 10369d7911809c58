import { readMetrics } from '../../../collector/src/otlp/read/read-metrics.ts';
import { plainBatch } from '../otlp/batch-plain.ts';

/** One point of an export, as far as its loss or change would show. */
export interface ExportPoint {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly timeMs: number;
  /** The value of a sum or gauge, the count of a histogram. */
  readonly value: number;
}

interface PlainResource {
  readonly scopes: readonly { readonly metrics: readonly PlainMetric[] }[];
}

interface PlainMetric {
  readonly name: string;
  readonly points: readonly {
    readonly attributes: readonly (readonly [string, unknown])[];
    readonly timeMs: number;
    readonly value: number;
    readonly count?: number;
  }[];
}

/** @param body a metrics request in protobuf, uncompressed */
export function exportPoints(body: Uint8Array): readonly ExportPoint[] {
  const resources = plainBatch(readMetrics(body)) as readonly PlainResource[];
  return resources
    .flatMap(({ scopes }) => scopes.flatMap(({ metrics }) => metrics))
    .flatMap(({ name, points }) =>
      points.map(({ attributes, timeMs, value, count }) => ({
        metric: name,
        attributes: Object.fromEntries(attributes),
        timeMs,
        value: count ?? value,
      })),
    );
}

/** The same for two points exactly when neither was changed on its way. */
export function pointKey({ metric, attributes, timeMs, value }: ExportPoint): string {
  return `${metric} ${labelText(attributes)} ${timeMs} ${value}`;
}

/** A sample of a series `metric` of the service or of Prometheus, under the key of its point. */
export function sampleKey(
  metric: string,
  labels: Readonly<Record<string, string>>,
  sample: readonly [seconds: number, value: string],
): string {
  const { __name__: _name, job: _job, instance: _instance, ...attributes } = labels;
  const [seconds, value] = sample;
  return `${metric} ${labelText(attributes)} ${Math.round(seconds * 1000)} ${Number(value)}`;
}

function labelText(attributes: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => `${name.replaceAll(/\W/gu, '_')}=${String(value)}`,
  );
  return `{${pairs.sort().join(',')}}`;
}
