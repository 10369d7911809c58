import { Labels } from '../../collector/src/model/labels.ts';
import { RetentionPlan } from '../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../collector/src/storage/series-store.ts';
import type { SeriesReference } from '../../collector/src/storage/stored-series.ts';

/** Samples of each series in the window of five minutes. */
export const SAMPLES = 60;
export const STEP_MS = 5000;

const INSTANCES = 1000;
const ROUTES = 10;
const BOUNDS = [
  '0.005',
  '0.01',
  '0.025',
  '0.05',
  '0.075',
  '0.1',
  '0.25',
  '0.5',
  '0.75',
  '1',
  '2.5',
  '5',
  '7.5',
  '10',
  '+Inf',
];

/** A series of the workload and its value at each step. */
export interface WorkloadSeries {
  readonly labels: Labels;
  valueAt(step: number): number;
}

/** A seeded generator of numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * 28,000 series: 15,000 buckets of latency, 10,000 request counters (8,000 of code 200, 2,000 of
 * code 500), 1,000 temperatures and 2,000 others that no rule asks for.
 */
export function createWorkload(): readonly WorkloadSeries[] {
  const next = random(1);
  const series: WorkloadSeries[] = [];
  const counter = (labels: Record<string, string>): void => {
    const slope = 1 + Math.floor(next() * 100);
    const start = Math.floor(next() * 1e6);
    series.push({ labels: Labels.of(labels), valueAt: (step) => start + slope * step });
  };
  const gauge = (labels: Record<string, string>): void => {
    const level = 20 + next() * 60;
    series.push({
      labels: Labels.of(labels),
      valueAt: (step) => Math.round(level + 5 * Math.sin(step / 7)),
    });
  };
  for (let index = 0; index < INSTANCES; index += 1) {
    const instance = `host-${index}:9100`;
    const route = `/r${index % ROUTES}`;
    BOUNDS.forEach((le, rank) => {
      const slope = (rank + 1) * (1 + Math.floor(next() * 3));
      const labels = Labels.of({ __name__: 'latency_seconds_bucket', instance, route, le });
      const bound = BOUNDS.length * 3 * rank;
      series.push({ labels, valueAt: (step) => bound * (step + 100) + slope * step });
    });
    for (let route8 = 0; route8 < 8; route8 += 1) {
      counter({ __name__: 'requests_total', instance, route: `/r${route8}`, code: '200' });
    }
    for (let route2 = 0; route2 < 2; route2 += 1) {
      counter({ __name__: 'requests_total', instance, route: `/r${route2}`, code: '500' });
    }
    gauge({ __name__: 'temperature_celsius', instance, zone: `z${index % 4}` });
    gauge({ __name__: 'queue_depth', instance });
    gauge({ __name__: 'memory_bytes', instance });
  }
  return series;
}

export interface RuleShape {
  readonly name: string;
  readonly alert: string;
  readonly expr: string;
  /** Windows or series that the expression reads. */
  readonly reads: number;
  /** Alerts that fire at each evaluation. */
  readonly fires: number;
  readonly annotations: Readonly<Record<string, string>>;
}

const TEXTS = {
  summary: '{{ $labels.instance }} in {{ $labels.zone }} is at {{ $value | humanize }} degrees',
};

const ERRORS = 'requests_total{code="500"}';

export const RULE_SHAPES: readonly RuleShape[] = [
  {
    name: 'threshold_1',
    alert: 'OneSeries',
    expr: 'temperature_celsius{instance="host-7:9100"} > 1000',
    reads: 1,
    fires: 0,
    annotations: {},
  },
  {
    name: 'threshold_1000_none_firing',
    alert: 'NoneFiring',
    expr: 'temperature_celsius > 1000',
    reads: 1000,
    fires: 0,
    annotations: {},
  },
  {
    name: 'threshold_1000_all_firing',
    alert: 'AllFiring',
    expr: 'temperature_celsius > 0',
    reads: 1000,
    fires: 1000,
    annotations: TEXTS,
  },
  {
    // Every value is another at each evaluation, and has digits behind the point.
    name: 'threshold_1000_all_changing',
    alert: 'AllChanging',
    expr: 'temperature_celsius + time() / 10000 % 1 > 0',
    reads: 1000,
    fires: 1000,
    annotations: TEXTS,
  },
  {
    name: 'error_ratio_12k_windows',
    alert: 'ErrorRatio',
    expr: `sum by (instance) (rate(${ERRORS}[5m])) / sum by (instance) (rate(requests_total[5m])) > 0.99`,
    reads: 12_000,
    fires: 0,
    annotations: {},
  },
  {
    name: 'histogram_quantile_15k_buckets',
    alert: 'SlowRequests',
    expr: 'histogram_quantile(0.95, sum by (le, route) (rate(latency_seconds_bucket[5m]))) > 100',
    reads: 15_000,
    fires: 0,
    annotations: {},
  },
  {
    name: 'burn_rate_24k_windows',
    alert: 'BurnRate',
    expr:
      `sum(rate(${ERRORS}[5m])) / sum(rate(requests_total[5m])) > 0.9 and ` +
      `sum(rate(${ERRORS}[1m])) / sum(rate(requests_total[1m])) > 0.9`,
    reads: 24_000,
    fires: 0,
    annotations: {},
  },
];

/** A store with the workload, whose time moves one step at a time. */
export class LoadedStore {
  readonly store: SeriesStore;
  readonly #workload: readonly WorkloadSeries[];
  readonly #references: readonly SeriesReference[];
  readonly #startMs: number;
  #step = 0;

  constructor(workload: readonly WorkloadSeries[], startMs: number) {
    const windowMs = SAMPLES * STEP_MS;
    this.store = new SeriesStore({
      retention: new RetentionPlan([], { retainAllMs: windowMs, marginMs: STEP_MS }),
    });
    this.#workload = workload;
    this.#startMs = startMs;
    this.store.advanceTo(startMs);
    this.#references = workload.map(({ labels }) => {
      const reference = this.store.resolve(labels);
      if (typeof reference === 'string') throw new Error(`Cannot store a series: ${reference}`);
      return reference;
    });
    while (this.#step < SAMPLES) this.advance();
  }

  get nowMs(): number {
    return this.#startMs + (this.#step - 1) * STEP_MS;
  }

  /** Appends one sample to every series. */
  advance(): void {
    const timeMs = this.#startMs + this.#step * STEP_MS;
    this.store.advanceTo(timeMs);
    for (const [index, series] of this.#workload.entries()) {
      this.store.append(this.#references[index] ?? -1, timeMs, series.valueAt(this.#step));
    }
    this.#step += 1;
  }
}
