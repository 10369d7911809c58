import { Labels } from '../../../model/labels.ts';
import type { MetricBatch } from '../../metric-batch.ts';
import type { ResourceContext } from '../contexts.ts';
import type { LabelBuilder } from '../label-pairs.ts';
import type { SampleSink } from '../sample-sink.ts';
import { REFERENCE_UNSELECTED } from '../stream.ts';
import type { BoundMetric } from './request.ts';

/** Samples of one resource in one request; a single wrong clock must not write millions. */
const SAMPLES_MAX = 1000;

/** Writes `target_info`, which carries the attributes of a resource that its series do not. */
export class TargetInfoWriter {
  readonly #sink: SampleSink;
  readonly #builder: LabelBuilder;
  readonly #intervalMs: number;

  constructor(sink: SampleSink, builder: LabelBuilder, lookbackMs: number) {
    this.#sink = sink;
    this.#builder = builder;
    this.#intervalMs = lookbackMs / 2;
  }

  /**
   * Writes a sample every half lookback from the earliest to the latest time of the resource's
   * points, so that a join finds one at any time in between. What the sink says to a sample is of
   * no interest: other requests may have written it before.
   */
  write(batch: MetricBatch, resource: ResourceContext, metrics: readonly BoundMetric[]): void {
    const { earliestMs, latestMs } = timeRange(batch, metrics);
    if (earliestMs > latestMs) return;
    const reference = this.#reference(resource);
    if (reference < 0) return;
    const intervalMs = this.#intervalMs;
    const firstMs = Math.max(earliestMs, latestMs - SAMPLES_MAX * intervalMs);
    let outcome = this.#sink.append(reference, firstMs, 1);
    for (let timeMs = firstMs + intervalMs; timeMs < latestMs; timeMs += intervalMs) {
      outcome = this.#sink.append(reference, timeMs, 1);
    }
    if (latestMs > firstMs) outcome = this.#sink.append(reference, latestMs, 1);
    // Removed meanwhile: the next request makes it again.
    if (outcome === 'unknown_series') resource.targetReference = undefined;
  }

  #reference(resource: ResourceContext): number {
    resource.targetReference ??= this.#resolve(resource);
    return resource.targetReference;
  }

  #resolve({ attributes, labels }: ResourceContext): number {
    try {
      const pairs = this.#builder.targetInfo(attributes, labels);
      if (pairs === undefined) return REFERENCE_UNSELECTED;
      const found = this.#sink.resolve(Labels.fromPairs(pairs));
      return typeof found === 'number' ? found : REFERENCE_UNSELECTED;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return REFERENCE_UNSELECTED;
    }
  }
}

function timeRange(
  batch: MetricBatch,
  metrics: readonly BoundMetric[],
): { earliestMs: number; latestMs: number } {
  const { timesMs } = batch.points;
  let earliestMs = Number.POSITIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const { header } of metrics) {
    for (let point = header.pointsFrom; point < header.pointsTo; point += 1) {
      const timeMs = timesMs[point] ?? 0;
      if (timeMs < earliestMs) earliestMs = timeMs;
      if (timeMs > latestMs) latestMs = timeMs;
    }
  }
  return { earliestMs, latestMs };
}
