import type {
  BatchObservableCallback,
  BatchObservableResult,
  Counter,
  Histogram,
  Meter,
  Observable,
} from '@opentelemetry/api';

import {
  GPU_METRICS,
  instrumentOptions,
  METRIC_GPU_COLLECTION_DURATION,
  METRIC_INFERENCE_ENERGY,
  METRIC_TELLTALE_ERRORS,
  type MetricRow,
} from '@telltale/core';

import type { Report } from './observe-reading.ts';

/** The instruments of one meter, and one callback for all that is observed. */
export class GpuInstruments {
  readonly collectionDuration: Histogram;
  readonly inferenceEnergy: Histogram;
  readonly errors: Counter;
  readonly #meter: Meter;
  readonly #observed: ReadonlyMap<MetricRow, Observable>;
  #callback: BatchObservableCallback | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
    const histogram = (row: MetricRow): Histogram =>
      meter.createHistogram(row.name, instrumentOptions(row));
    this.collectionDuration = histogram(METRIC_GPU_COLLECTION_DURATION);
    this.inferenceEnergy = histogram(METRIC_INFERENCE_ENERGY);
    this.errors = meter.createCounter(
      METRIC_TELLTALE_ERRORS.name,
      instrumentOptions(METRIC_TELLTALE_ERRORS),
    );
    const rows = GPU_METRICS.filter((row) => row.isObservable);
    this.#observed = new Map(rows.map((row) => [row, createObservable(meter, row)]));
  }

  observe(collect: (report: Report) => void): void {
    if (this.#callback !== undefined) return;
    this.#callback = (result) => collect(reportTo(result, this.#observed));
    this.#meter.addBatchObservableCallback(this.#callback, [...this.#observed.values()]);
  }

  detach(): void {
    if (this.#callback === undefined) return;
    this.#meter.removeBatchObservableCallback(this.#callback, [...this.#observed.values()]);
    this.#callback = undefined;
  }
}

/** A counter that is given NaN once stays NaN, so nothing but finite numbers passes. */
function reportTo(
  result: BatchObservableResult,
  observed: ReadonlyMap<MetricRow, Observable>,
): Report {
  return (row, value, attributes) => {
    const instrument = observed.get(row);
    if (instrument === undefined || value === undefined || !Number.isFinite(value)) return;
    result.observe(instrument, value, attributes);
  };
}

function createObservable(meter: Meter, row: MetricRow): Observable {
  const options = instrumentOptions(row);
  if (row.instrument === 'counter') return meter.createObservableCounter(row.name, options);
  if (row.instrument === 'gauge') return meter.createObservableGauge(row.name, options);
  return meter.createObservableUpDownCounter(row.name, options);
}
