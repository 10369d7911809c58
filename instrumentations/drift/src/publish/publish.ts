import { type BatchObservableResult, type Meter, type Observable } from '@opentelemetry/api';

import {
  DRIFT_METRICS,
  instrumentOptions,
  METRIC_PERFORMANCE_ESTIMATED_ERROR,
  type MetricRow,
} from '@telltale/core';
import { type Binding, followMeter } from '@telltale/instrument';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { SCOPE } from '../scope.ts';
import { watchConceptDrift } from './concept-drift.ts';
import { emitTransition } from './drift-events.ts';
import type { PerformanceOptions } from './model-performance.ts';
import { RankRecorder } from './rank-recorder.ts';
import { readMonitor } from './readings.ts';

/** What is published of a monitor, until it is stopped. */
export interface DriftPublication {
  /** Looks for another global MeterProvider. Also done by itself while values arrive. */
  refresh(): void;
  /** Hands everything to the SDK at once, for a process that ends. */
  settle(): void;
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
  let ranks: RankRecorder | undefined;
  const followed = followMeter(SCOPE, (meter) => {
    const binding = bind(meter, monitor, options);
    ranks = binding.instruments;
    return binding;
  });
  const refresh = (): void => {
    followed.current();
  };
  refresh();
  const stopEvents = monitor.onTransition((transition) => emitTransition(monitor, transition));
  const stopProgress = monitor.onEvaluation(refresh);
  const stopConcept = watchConceptDrift(monitor, options);
  return {
    refresh,
    settle: () => ranks?.settle(),
    stop: () => {
      stopEvents();
      stopProgress();
      stopConcept();
      followed.detach();
    },
  };
}

function bind(
  meter: Meter,
  monitor: DriftMonitor,
  options: PerformanceOptions,
): Binding<RankRecorder> {
  const observed = new Map<MetricRow, Observable>();
  for (const row of [...DRIFT_METRICS, METRIC_PERFORMANCE_ESTIMATED_ERROR]) {
    const instrument = instrumentOptions(row);
    if (row.instrument === 'counter') {
      observed.set(row, meter.createObservableCounter(row.name, instrument));
    } else if (row.instrument === 'gauge') {
      observed.set(row, meter.createObservableGauge(row.name, instrument));
    }
  }
  const ranks = new RankRecorder(meter, monitor);
  const observe = (result: BatchObservableResult): void => {
    for (const { row, value, attributes } of readMonitor(monitor, options)) {
      const instrument = observed.get(row);
      if (instrument !== undefined && Number.isFinite(value)) {
        result.observe(instrument, value, attributes);
      }
    }
    ranks.queue();
  };
  const instruments = [...observed.values()];
  meter.addBatchObservableCallback(observe, instruments);
  const detach = (): void => meter.removeBatchObservableCallback(observe, instruments);
  return { instruments: ranks, detach };
}
