import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api';

import {
  ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO,
  ATTR_INFERENCE_SUMMARY_COUNT,
  ATTR_INFERENCE_SUMMARY_ERRORS,
  ATTR_INFERENCE_SUMMARY_ITEMS,
  ATTR_INFERENCE_SUMMARY_P50,
  ATTR_INFERENCE_SUMMARY_P95,
  ATTR_INFERENCE_SUMMARY_P99,
  ATTR_INFERENCE_SUMMARY_PERIOD,
  EVENT_INFERENCE_SUMMARY,
} from '@telltale/core';
import {
  type HistogramSnapshot,
  now,
  quantile,
  startInterval,
  subtractSnapshot,
} from '@telltale/instrument';

import type { ModelState } from '../model/model-state.ts';

import type { EventOutput } from '../event-output.ts';

const PERIOD_MS = 60_000;
const SECONDS_PER_MS = 0.001;

/** What a model had counted at the end of its last period. */
interface Totals {
  readonly atMs: number;
  readonly durations: HistogramSnapshot;
  readonly errors: number;
  readonly items: number;
  readonly blockedMs: number;
}

/** What summaries read, and where they go. */
export interface SummaryOutput extends EventOutput {
  readonly models: Iterable<ModelState>;
  /** A failure of ours: counted and logged, never seen by the application. */
  fault(where: string, error: unknown): void;
}

export interface SummaryTime {
  readonly clock: () => number;
  readonly periodMs: number;
}

/**
 * Emits `ml.inference.summary` for each model that ran, once a minute. The runs pay nothing for it:
 * a summary is the difference of counters and histograms that are kept anyway.
 */
export class RunSummaries {
  readonly #output: SummaryOutput;
  readonly #time: SummaryTime;
  readonly #totals: WeakMap<ModelState, Totals> = new WeakMap();
  #timer: NodeJS.Timeout | undefined;

  constructor(output: SummaryOutput, time: SummaryTime = { clock: now, periodMs: PERIOD_MS }) {
    this.#output = output;
    this.#time = time;
  }

  /** There is a model, so summaries of it may be wanted from now on. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = startInterval(() => this.emit(), this.#time.periodMs).unref();
  }

  /** Ends the period now. Models that did not run in it have no summary. */
  emit(): void {
    try {
      if (!this.#output.wants(EVENT_INFERENCE_SUMMARY)) return;
      const atMs = this.#time.clock();
      for (const model of this.#output.models) this.#emitFor(model, atMs);
    } catch (error) {
      this.#output.fault('summary', error);
    }
  }

  #emitFor(model: ModelState, atMs: number): void {
    const before = this.#totals.get(model) ?? beginningOf(model);
    const after = totalsOf(model, atMs);
    this.#totals.set(model, after);
    const errors = after.errors - before.errors;
    const durations = subtractSnapshot(after.durations, before.durations);
    const count = durations.count + errors;
    if (count === 0) return;
    const periodMs = atMs - before.atMs;
    // Nothing of the period can lie outside what was ever seen.
    const { min, max } = after.durations;
    const { bounds } = model.duration;
    const at = (share: number): number => quantile(share, { ...durations, min, max }, bounds);
    const quantiles: Attributes =
      durations.count === 0
        ? {}
        : {
            [ATTR_INFERENCE_SUMMARY_P50.name]: at(0.5),
            [ATTR_INFERENCE_SUMMARY_P95.name]: at(0.95),
            [ATTR_INFERENCE_SUMMARY_P99.name]: at(0.99),
          };
    const failed = errors === 0 ? '' : `, ${errors} of them failed`;
    this.#output.emit(EVENT_INFERENCE_SUMMARY, {
      body: `${model.name} ran ${count} times in ${(periodMs * SECONDS_PER_MS).toFixed(0)} s${failed}`,
      context: ROOT_CONTEXT,
      attributes: {
        ...model.attributes,
        [ATTR_INFERENCE_SUMMARY_COUNT.name]: count,
        [ATTR_INFERENCE_SUMMARY_ERRORS.name]: errors,
        [ATTR_INFERENCE_SUMMARY_ITEMS.name]: after.items - before.items,
        ...quantiles,
        [ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO.name]:
          periodMs > 0 ? Math.min(1, (after.blockedMs - before.blockedMs) / periodMs) : 0,
        [ATTR_INFERENCE_SUMMARY_PERIOD.name]: periodMs * SECONDS_PER_MS,
      },
    });
  }
}

function totalsOf(model: ModelState, atMs: number): Totals {
  let errors = 0;
  for (const { duration } of model.failures.values()) errors += duration.count;
  const { items, blockedMs } = model;
  return { atMs, durations: model.duration.snapshot(), errors, items, blockedMs };
}

function beginningOf({ duration }: ModelState): Totals {
  const durations = { counts: [], count: 0, sum: 0, min: Infinity, max: -Infinity };
  return { atMs: duration.startMs, durations, errors: 0, items: 0, blockedMs: 0 };
}
