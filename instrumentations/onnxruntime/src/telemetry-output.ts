import type { Attributes, Context, DiagLogger, Tracer } from '@opentelemetry/api';

import type { EventRow } from '@telltale/core';

import type { Instruments } from './metrics/instruments.ts';
import type { ModelRegistry } from './model/model-registry.ts';
import type { RunSummaries } from './run/run-summaries.ts';
import type { Settings } from './settings.ts';
import type { SpanLimiter } from './spans/span-limiter.ts';
import type { OnnxRuntimeInstrumentationConfig } from './types.ts';

/**
 * Where the recorders put what they saw. The fields change when providers are re-bound, so nobody
 * keeps a copy of one.
 */
export interface TelemetryOutput {
  readonly models: ModelRegistry;
  tracer: Tracer;
  instruments: Instruments;
  limiter: SpanLimiter;
  settings: Settings;
  hooks: OnnxRuntimeInstrumentationConfig;
  readonly diag: DiagLogger;
  readonly summaries: RunSummaries;
  /** False where a metric producer publishes the histograms of runs. */
  recordsRunsInSdk: boolean;
  /** A failure of ours: counted and logged, never seen by the application. */
  fault(where: string, error: unknown): void;
  /** Whether events of a kind go anywhere. Asked before one is put together. */
  wants(event: EventRow): boolean;
  /** Emits a log event within the budget of its kind and model. */
  emit(event: EventRow, record: EventContent): void;
}

export interface EventContent {
  readonly body: string;
  readonly attributes: Attributes;
  readonly context: Context;
}
