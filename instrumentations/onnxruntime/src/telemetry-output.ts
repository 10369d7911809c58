import type { DiagLogger, Tracer } from '@opentelemetry/api';

import type { Instruments } from './metrics/instruments.ts';
import type { RunSummaries, SummaryOutput } from './metrics/run-summaries.ts';
import type { ModelRegistry } from './model/model-registry.ts';
import type { Settings } from './settings.ts';
import type { SpanLimiter } from './spans/span-limiter.ts';
import type { OnnxRuntimeInstrumentationConfig } from './types.ts';

/**
 * Where the recorders put what they saw. The fields change when providers are re-bound, so no
 * copy of one may be kept.
 */
export interface TelemetryOutput extends SummaryOutput {
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
}
