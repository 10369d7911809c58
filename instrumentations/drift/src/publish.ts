import {
  type Attributes,
  type BatchObservableResult,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api';

import {
  DRIFT_METRICS,
  instrumentOptions,
  METRIC_DRIFT_RANK,
  type MetricRow,
} from '@telltale/core';

import { watchConceptDrift } from './concept-drift.ts';
import { emitTransition } from './drift-events.ts';
import type { DriftMonitor } from './drift-monitor.ts';
import type { PerformanceOptions } from './model-performance.ts';
import { readMonitor } from './readings.ts';
import { SCOPE } from './scope.ts';
import type { StreamMonitor } from './stream-monitor.ts';
import { streamAttributes } from './telemetry-attributes.ts';

/** What is published of a monitor, until it is stopped. */
export interface DriftPublication {
  /** Looks for another global MeterProvider. Also done by itself while values arrive. */
  refresh(): void;
  stop(): void;
}

/**
 * Publishes the metrics and events of a monitor through the global providers. The metrics API has no
 * proxy, so the MeterProvider is looked up again as values arrive: an application may start its SDK
 * after its first prediction.
 */
export function publishDrift(
  monitor: DriftMonitor,
  options: PerformanceOptions = {},
): DriftPublication {
  let provider: MeterProvider | undefined;
  let detach = (): void => undefined;
  const refresh = (): void => {
    const current = metrics.getMeterProvider();
    if (current === provider) return;
    detach();
    provider = current;
    detach = bind(current.getMeter(SCOPE), monitor, options);
  };
  refresh();
  const stopEvents = monitor.onTransition((transition) => emitTransition(monitor, transition));
  const stopProgress = monitor.onEvaluation(refresh);
  const stopConcept = watchConceptDrift(monitor, options);
  return {
    refresh,
    stop: () => {
      stopEvents();
      stopProgress();
      stopConcept();
      detach();
    },
  };
}

/** @returns how to let go of the instruments */
function bind(meter: Meter, monitor: DriftMonitor, options: PerformanceOptions): () => void {
  const observed = new Map<MetricRow, Observable>();
  for (const row of DRIFT_METRICS) {
    const instrument = instrumentOptions(row);
    if (row.instrument === 'counter') {
      observed.set(row, meter.createObservableCounter(row.name, instrument));
    } else if (row.instrument === 'gauge') {
      observed.set(row, meter.createObservableGauge(row.name, instrument));
    }
  }
  const recordRanks = rankRecorder(meter);
  const observe = (result: BatchObservableResult): void => {
    for (const { row, value, attributes } of readMonitor(monitor, options)) {
      const instrument = observed.get(row);
      if (instrument !== undefined && Number.isFinite(value)) {
        result.observe(instrument, value, attributes);
      }
    }
    for (const stream of monitor.streams()) recordRanks(stream);
  };
  const instruments = [...observed.values()];
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}

/**
 * Ranks are counted as values arrive and recorded when metrics are read: a call of the SDK for each
 * value would cost as much as all the statistics.
 */
function rankRecorder(meter: Meter): (stream: StreamMonitor) => void {
  const histogram = meter.createHistogram(
    METRIC_DRIFT_RANK.name,
    instrumentOptions(METRIC_DRIFT_RANK),
  );
  const recorded = new WeakMap<object, number[]>();
  return ({ watch, key }) => {
    if (watch === undefined) return;
    const { totals } = watch.ranks;
    const before = recorded.get(watch.ranks) ?? totals.map(() => 0);
    const attributes: Attributes = streamAttributes(key, watch.baselineId);
    for (const [bucket, total] of totals.entries()) {
      const rank = (bucket + 0.5) / totals.length;
      for (let count = before[bucket] ?? 0; count < total; count += 1) {
        histogram.record(rank, attributes);
      }
    }
    recorded.set(watch.ranks, [...totals]);
  };
}
