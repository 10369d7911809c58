import type {
  BatchObservableResult,
  Counter,
  Histogram,
  Meter,
  Observable,
} from '@opentelemetry/api';

import {
  instrumentOptions,
  METRIC_INFERENCE_ACTIVE,
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_BLOCKED_TIME,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_IO,
  METRIC_INFERENCE_ITEMS,
  METRIC_INFERENCE_NON_FINITE,
  METRIC_INFERENCE_QUEUE_DURATION,
  METRIC_INFERENCE_RUNS_UNOBSERVED,
  METRIC_INFERENCE_SPANS_SUPPRESSED,
  METRIC_MODEL_INFO,
  METRIC_MODEL_LOAD_DURATION,
  METRIC_MODEL_LOAD_MEMORY,
  METRIC_MODEL_LOADED,
  METRIC_MODEL_SIZE,
  METRIC_MODEL_UNLOADS,
  METRIC_MODEL_WARMUP_DURATION,
  METRIC_OPERATOR_DURATION,
  METRIC_OPERATOR_NODE_COUNT,
  METRIC_TELLTALE_ERRORS,
  METRIC_TELLTALE_EVENTS_DROPPED,
  type MetricRow,
} from '@telltale/core';

/** Everything that is read at collection rather than recorded. */
export interface ObservedInstruments {
  readonly items: Observable;
  readonly active: Observable;
  readonly io: Observable;
  readonly nonFinite: Observable;
  readonly blockedTime: Observable;
  readonly spansSuppressed: Observable;
  readonly runsUnobserved: Observable;
  readonly loaded: Observable;
  readonly unloads: Observable;
  readonly size: Observable;
  readonly loadMemory: Observable;
  readonly info: Observable;
  readonly nodeCount: Observable;
}

type Callback = (result: BatchObservableResult) => void;

/** The instruments of one meter. Made again, and the old one detached, when the meter changes. */
export class Instruments {
  readonly loadDuration: Histogram;
  readonly warmupDuration: Histogram;
  readonly operatorDuration: Histogram;
  readonly errors: Counter;
  readonly eventsDropped: Counter;
  readonly observed: ObservedInstruments;
  readonly #meter: Meter;
  #runs: RunInstruments | undefined;
  #callback: Callback | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
    this.loadDuration = histogram(meter, METRIC_MODEL_LOAD_DURATION);
    this.warmupDuration = histogram(meter, METRIC_MODEL_WARMUP_DURATION);
    this.operatorDuration = histogram(meter, METRIC_OPERATOR_DURATION);
    this.errors = counter(meter, METRIC_TELLTALE_ERRORS);
    this.eventsDropped = counter(meter, METRIC_TELLTALE_EVENTS_DROPPED);
    this.observed = {
      items: observable(meter, METRIC_INFERENCE_ITEMS),
      active: observable(meter, METRIC_INFERENCE_ACTIVE),
      io: observable(meter, METRIC_INFERENCE_IO),
      nonFinite: observable(meter, METRIC_INFERENCE_NON_FINITE),
      blockedTime: observable(meter, METRIC_INFERENCE_BLOCKED_TIME),
      spansSuppressed: observable(meter, METRIC_INFERENCE_SPANS_SUPPRESSED),
      runsUnobserved: observable(meter, METRIC_INFERENCE_RUNS_UNOBSERVED),
      loaded: observable(meter, METRIC_MODEL_LOADED),
      unloads: observable(meter, METRIC_MODEL_UNLOADS),
      size: observable(meter, METRIC_MODEL_SIZE),
      loadMemory: observable(meter, METRIC_MODEL_LOAD_MEMORY),
      info: observable(meter, METRIC_MODEL_INFO),
      nodeCount: observable(meter, METRIC_OPERATOR_NODE_COUNT),
    };
  }

  /** The histograms of runs, created at first use: where a producer publishes them they never are. */
  get runs(): RunInstruments {
    this.#runs ??= {
      duration: histogram(this.#meter, METRIC_INFERENCE_DURATION),
      queue: histogram(this.#meter, METRIC_INFERENCE_QUEUE_DURATION),
      compute: histogram(this.#meter, METRIC_INFERENCE_COMPUTE_DURATION),
      batch: histogram(this.#meter, METRIC_INFERENCE_BATCH_SIZE),
    };
    return this.#runs;
  }

  /** One callback reads all counters of all models at once. */
  observe(callback: Callback): void {
    this.#callback = callback;
    this.#meter.addBatchObservableCallback(callback, Object.values(this.observed));
  }

  detach(): void {
    if (this.#callback === undefined) return;
    this.#meter.removeBatchObservableCallback(this.#callback, Object.values(this.observed));
    this.#callback = undefined;
  }
}

export interface RunInstruments {
  readonly duration: Histogram;
  readonly queue: Histogram;
  readonly compute: Histogram;
  readonly batch: Histogram;
}

function counter(meter: Meter, row: MetricRow): Counter {
  return meter.createCounter(row.name, instrumentOptions(row));
}

function histogram(meter: Meter, row: MetricRow): Histogram {
  return meter.createHistogram(row.name, instrumentOptions(row));
}

function observable(meter: Meter, row: MetricRow): Observable {
  const options = instrumentOptions(row);
  if (row.instrument === 'counter') return meter.createObservableCounter(row.name, options);
  if (row.instrument === 'gauge') return meter.createObservableGauge(row.name, options);
  return meter.createObservableUpDownCounter(row.name, options);
}
