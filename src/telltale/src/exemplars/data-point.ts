import type { HrTime } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';

/** An example of what a histogram counted: a value and the span it came from. */
export interface Exemplar {
  readonly value: number;
  readonly time: HrTime;
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * The exemplars of a data point. The OpenTelemetry SDK for JavaScript has none (3.1); histograms
 * that instrumentations of ours collect themselves carry them beside the SDK's fields.
 */
export function exemplarsOf(point: object): readonly Exemplar[] {
  return (point as { readonly exemplars?: readonly Exemplar[] }).exemplars ?? [];
}

export const exemplarTimeMs = (exemplar: Exemplar): number => hrTimeToMilliseconds(exemplar.time);
