import { type Attributes, type Counter, type MeterProvider, metrics } from '@opentelemetry/api';

import {
  ATTR_TELLTALE_REASON,
  ATTR_TELLTALE_SIGNAL,
  METRIC_ERRORS,
  METRIC_EVENTS_DROPPED,
  METRIC_EXPORT_FAILURES,
  type MetricRow,
} from '@telltale/core';

const SCOPE = 'telltale';

interface Bound {
  readonly provider: MeterProvider;
  readonly counters: Map<string, Counter>;
}

let bound: Bound | undefined;

/** Counts a failure of ours that the application did not see. */
export function countError(signal: string, reason: string): void {
  count(METRIC_ERRORS, signal, reason);
}

/** Counts an export that did not arrive. */
export function countExportFailure(signal: string, reason: string): void {
  count(METRIC_EXPORT_FAILURES, signal, reason);
}

/** Counts an event or a log line that a limit or a failing sink held back. */
export function countDroppedEvent(signal: string, reason: string): void {
  count(METRIC_EVENTS_DROPPED, signal, reason);
}

function count(row: MetricRow, signal: string, reason: string): void {
  const attributes: Attributes = {
    [ATTR_TELLTALE_SIGNAL.name]: signal,
    [ATTR_TELLTALE_REASON.name]: reason,
  };
  counterOf(row).add(1, attributes);
}

/** Metrics have no proxy, so counters follow whoever is the global provider now. */
function counterOf(row: MetricRow): Counter {
  const provider = metrics.getMeterProvider();
  if (bound?.provider !== provider) bound = { provider, counters: new Map() };
  const known = bound.counters.get(row.name);
  if (known !== undefined) return known;
  const { unit, description } = row;
  const counter = provider.getMeter(SCOPE).createCounter(row.name, { unit, description });
  bound.counters.set(row.name, counter);
  return counter;
}
