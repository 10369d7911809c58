import type { FleetInstance, FleetPoint } from '../../drift/fleet-point.ts';
import { DEFAULT_OTLP_LIMITS } from '../../otlp/limits.ts';
import {
  type MetricBatch,
  type MetricHeader,
  POINT_NO_RECORDED_VALUE,
  type ResourceHeader,
  type Span,
} from '../../otlp/metric-batch.ts';
import { readAttributes, readResource, readText } from '../../otlp/read/attributes.ts';

const { depthMax } = DEFAULT_OTLP_LIMITS;

/**
 * The points of the named metrics in a request, decoded.
 *
 * @throws {OtlpError} when an attribute is malformed
 */
export function* fleetPoints(batch: MetricBatch, names: ReadonlySet<string>): Iterable<FleetPoint> {
  // Most requests have nothing for the fleet, so a name is decoded only where its length fits.
  const lengths = new Set([...names].map(({ length }) => length));
  for (const resource of batch.resources) {
    let instance: FleetInstance | undefined;
    for (const header of metricsOf(resource)) {
      if (!lengths.has(header.name.to - header.name.from)) continue;
      const metric = readText(batch.slice(header.name));
      if (!names.has(metric)) continue;
      instance ??= instanceOf(batch, resource);
      yield* pointsOf(batch, header, { metric, instance });
    }
  }
}

function* metricsOf({ scopes }: ResourceHeader): Iterable<MetricHeader> {
  for (const { metrics } of scopes) yield* metrics;
}

/** Without `service.instance.id` all replicas count as one instance. */
function instanceOf(batch: MetricBatch, { resource }: ResourceHeader): FleetInstance {
  const attributes = new Map(readResource(batch.slice(resource), depthMax));
  const namespace = attributes.get('service.namespace') ?? '';
  const name = attributes.get('service.name') ?? 'unknown_service';
  const service = namespace === '' ? name : `${namespace}/${name}`;
  const id = attributes.get('service.instance.id') ?? '';
  return { service, id: id === '' ? service : id };
}

function* pointsOf(
  batch: MetricBatch,
  header: MetricHeader,
  common: Pick<FleetPoint, 'metric' | 'instance'>,
): Iterable<FleetPoint> {
  const { points } = batch;
  for (let index = header.pointsFrom; index < header.pointsTo; index += 1) {
    if (((points.flags[index] ?? 0) & POINT_NO_RECORDED_VALUE) !== 0) continue;
    const span = { from: points.attributesFrom[index] ?? 0, to: points.attributesTo[index] ?? 0 };
    yield {
      ...common,
      attributes: new Map(readAttributes(batch.slice(span), depthMax)),
      timeMs: points.timesMs[index] ?? 0,
      startTimeMs: points.startTimesMs[index] ?? 0,
      // A gauge has a value and no temporality.
      temporality: header.temporality,
      body: bodyOf(batch, header, index),
    };
  }
}

function bodyOf(batch: MetricBatch, { kind }: MetricHeader, index: number): FleetPoint['body'] {
  const detail = batch.points.details[index] ?? -1;
  const numbers = ({ from, to }: Span): number[] => [...batch.numbers.subarray(from, to)];
  if (kind === 'histogram') {
    const found = batch.histograms[detail];
    const { count = 0, counts = NOTHING, bounds = NOTHING } = found ?? {};
    return { kind, count, counts: numbers(counts), bounds: numbers(bounds) };
  }
  const exponential = kind === 'exponential_histogram' ? batch.exponentials[detail] : undefined;
  if (exponential === undefined) return { kind: 'number', value: batch.points.values[index] ?? 0 };
  const { count, scale, zeroCount, zeroThreshold, positive, negative } = exponential;
  return {
    kind: 'exponential',
    count,
    histogram: {
      scale,
      zeroCount,
      zeroThreshold,
      positive: { offset: positive.offset, counts: numbers(positive) },
      negative: { offset: negative.offset, counts: numbers(negative) },
    },
  };
}

const NOTHING: Span = { from: 0, to: 0 };
