import type { MetricBatch, MetricHeader } from '../../../collector/src/otlp/metric-batch.ts';
import {
  readAttributes,
  readResource,
  readScope,
  readText,
} from '../../../collector/src/otlp/read/attributes.ts';
import { readExemplar } from '../../../collector/src/otlp/read/exemplar.ts';

const DEPTH_MAX = 32;

/** A batch as plain objects, everything decoded: what the reader says a request contains. */
export function plainBatch(batch: MetricBatch): unknown {
  return batch.resources.map((resource) => ({
    attributes: readResource(batch.slice(resource.resource), DEPTH_MAX),
    scopes: resource.scopes.map((scope) => ({
      scope: readScope(batch.slice(scope.scope), DEPTH_MAX),
      schemaUrl: readText(batch.slice(scope.schemaUrl)),
      metrics: scope.metrics.map((metric) => plainMetric(batch, metric)),
    })),
  }));
}

function plainMetric(batch: MetricBatch, metric: MetricHeader): unknown {
  const points: unknown[] = [];
  for (let point = metric.pointsFrom; point < metric.pointsTo; point += 1) {
    points.push(plainPoint(batch, metric, point));
  }
  return {
    name: readText(batch.slice(metric.name)),
    unit: readText(batch.slice(metric.unit)),
    description: readText(batch.slice(metric.description)),
    kind: metric.kind,
    temporality: metric.temporality,
    isMonotonic: metric.isMonotonic,
    points,
  };
}

function plainPoint(batch: MetricBatch, { kind }: MetricHeader, point: number): unknown {
  const { points } = batch;
  const span = { from: points.attributesFrom[point] ?? 0, to: points.attributesTo[point] ?? 0 };
  return {
    attributes: readAttributes(batch.slice(span), DEPTH_MAX),
    timeMs: points.timesMs[point],
    startTimeMs: points.startTimesMs[point],
    value: points.values[point],
    flags: points.flags[point],
    exemplars: batch.exemplars
      .filter((exemplar) => exemplar.point === point)
      .map((exemplar) => readExemplar(batch.slice(exemplar.span), DEPTH_MAX)),
    ...plainDetail(batch, kind, points.details[point] ?? -1),
  };
}

function plainDetail(batch: MetricBatch, kind: MetricHeader['kind'], detail: number): object {
  const numbers = ({ from, to }: { from: number; to: number }): number[] => [
    ...batch.numbers.subarray(from, to),
  ];
  if (kind === 'histogram') {
    const found = batch.histograms[detail];
    if (found === undefined) throw new Error('No histogram for the point');
    return { count: found.count, counts: numbers(found.counts), bounds: numbers(found.bounds) };
  }
  if (kind === 'exponential_histogram') {
    const found = batch.exponentials[detail];
    if (found === undefined) throw new Error('No exponential histogram for the point');
    const { positive, negative, ...rest } = found;
    return {
      ...rest,
      positive: { offset: positive.offset, counts: numbers(positive) },
      negative: { offset: negative.offset, counts: numbers(negative) },
    };
  }
  if (kind === 'summary') {
    const found = batch.summaries[detail];
    if (found === undefined) throw new Error('No summary for the point');
    return { count: found.count, quantiles: numbers(found.quantiles) };
  }
  return {};
}
