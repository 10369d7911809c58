import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_TELLTALE_REASON,
  ATTR_TELLTALE_SIGNAL,
  instrumentOptions,
  METRIC_TELLTALE_ERRORS,
  METRIC_TELLTALE_EVENTS_DROPPED,
  METRIC_TELLTALE_EXPORT_FAILURES,
  type MetricRow,
  OTHER,
  sharedState,
  textKey,
} from '@telltale/core';

import { liveInstruments } from './instruments/live-instruments.ts';

const ROWS: readonly MetricRow[] = [
  METRIC_TELLTALE_ERRORS,
  METRIC_TELLTALE_EVENTS_DROPPED,
  METRIC_TELLTALE_EXPORT_FAILURES,
];
/** The sets of signals and reasons are closed; the limit only guards against a bug. */
const SERIES_MAX = 300;

interface Series {
  readonly metric: string;
  readonly signal: string;
  readonly reason: string;
  readonly attributes: Attributes;
  count: number;
}

/** Counts of one kind, by signal and reason. */
export interface SelfTotal {
  readonly signal: string;
  readonly reason: string;
  readonly count: number;
}

/** One registry a process: the ESM and the CommonJS copy of this module share it. */
const registry = sharedState('telltale.self-metrics', () => {
  const series = new Map<string, Series>();
  return { series, bind: bindSelfMetrics(series) };
});

/** Counts a failure of ours that the application did not see. */
export function countError(signal: string, reason: string): void {
  count(METRIC_TELLTALE_ERRORS, signal, reason);
}

/** Counts an export that did not arrive. */
export function countExportFailure(signal: string, reason: string): void {
  count(METRIC_TELLTALE_EXPORT_FAILURES, signal, reason);
}

/** Counts an event or a log line that a limit or a failing sink held back. */
export function countDroppedEvent(signal: string, reason: string): void {
  count(METRIC_TELLTALE_EVENTS_DROPPED, signal, reason);
}

/** Counts spans or records that a full queue of the SDK dropped. */
export function countDroppedEvents(signal: string, reason: string, amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 1) return;
  countDroppedEvent(signal, reason);
  const key = textKey([METRIC_TELLTALE_EVENTS_DROPPED.name, signal, reason]);
  const series = registry.series.get(key);
  if (series !== undefined) series.count += amount - 1;
}

/** What was counted since the process started. */
export function selfTotals(row: MetricRow): readonly SelfTotal[] {
  return [...registry.series.values()]
    .filter(({ metric }) => metric === row.name)
    .map(({ signal, reason, count: total }) => ({ signal, reason, count: total }));
}

function count(row: MetricRow, signal: string, reason: string): void {
  const isFull = registry.series.size >= SERIES_MAX;
  const key = textKey([row.name, signal, reason]);
  const known = registry.series.get(key);
  if (known !== undefined) known.count += 1;
  else if (isFull && signal !== OTHER) return count(row, OTHER, OTHER);
  else registry.series.set(key, createSeries(row, signal, reason));
  registry.bind();
}

function createSeries({ name }: MetricRow, signal: string, reason: string): Series {
  const attributes = { [ATTR_TELLTALE_SIGNAL.name]: signal, [ATTR_TELLTALE_REASON.name]: reason };
  return { metric: name, signal, reason, attributes: Object.freeze(attributes), count: 1 };
}

function bindSelfMetrics(series: ReadonlyMap<string, Series>): () => void {
  return liveInstruments((meter) => {
    const counters = new Map(
      ROWS.map((row) => [
        row.name,
        meter.createObservableCounter(row.name, instrumentOptions(row)),
      ]),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const { metric, attributes, count: total } of series.values()) {
        const counter = counters.get(metric);
        if (counter !== undefined) result.observe(counter, total, attributes);
      }
    };
    const observed = [...counters.values()];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}
