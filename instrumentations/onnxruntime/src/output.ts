import type { DiagLogger, Logger, Meter, Tracer } from '@opentelemetry/api';

import {
  ATTR_MODEL_NAME,
  ATTR_TELLTALE_REASON,
  ATTR_TELLTALE_SIGNAL,
  type EventRow,
  textKey,
} from '@telltale/core';
import { now, TokenBucket } from '@telltale/instrument';

import type { EventContent } from './event-output.ts';
import { Instruments } from './metrics/instruments.ts';
import { observeModels } from './metrics/observe-models.ts';
import { RunSummaries, type SummaryOutput } from './metrics/run-summaries.ts';
import { ModelRegistry } from './model/model-registry.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { SpanLimiter } from './spans/span-limiter.ts';
import type { OnnxRuntimeInstrumentationConfig } from './types.ts';

const SIGNAL = 'onnxruntime';
const FAULTS_LOGGED_MAX = 3;
const EVENTS_PER_SECOND = 100;
const EVENTS_BURST = 200;
const BUDGETS_MAX = 1_000;

export interface Bindings {
  readonly meter: Meter;
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly diag: DiagLogger;
  readonly config: OnnxRuntimeInstrumentationConfig;
}

/**
 * The current providers and settings of one instrumentation: where the recorders put what they saw.
 * The fields change when providers are re-bound, so no copy of one may be kept.
 */
export class Output implements SummaryOutput {
  readonly models: ModelRegistry = new ModelRegistry();
  readonly diag: DiagLogger;
  tracer: Tracer;
  logger: Logger;
  instruments: Instruments;
  settings: Settings;
  hooks: OnnxRuntimeInstrumentationConfig;
  limiter: SpanLimiter;
  readonly summaries: RunSummaries = new RunSummaries(this);
  recordsRunsInSdk = true;
  #faults = 0;
  readonly #budgets: Map<string, TokenBucket> = new Map();

  constructor({ meter, tracer, logger, diag, config }: Bindings) {
    this.diag = diag;
    this.tracer = tracer;
    this.logger = logger;
    this.hooks = config;
    this.settings = resolveSettings(config, (message) => diag.warn(message));
    this.limiter = createLimiter(this.settings);
    this.instruments = this.#createInstruments(meter);
  }

  configure(config: OnnxRuntimeInstrumentationConfig): void {
    this.hooks = config;
    this.settings = resolveSettings(config, (message) => this.diag.warn(message));
    this.limiter.endOpen();
    this.limiter = createLimiter(this.settings);
  }

  /** Makes the instruments again. The old meter must not go on reading our counters. */
  bindMeter(meter: Meter): void {
    this.instruments.detach();
    this.instruments = this.#createInstruments(meter);
  }

  fault(where: string, error: unknown): void {
    this.#faults++;
    this.instruments.errors.add(1, {
      [ATTR_TELLTALE_SIGNAL.name]: SIGNAL,
      [ATTR_TELLTALE_REASON.name]: where,
    });
    if (this.#faults <= FAULTS_LOGGED_MAX)
      this.diag.error(`Failure kept from the application in ${where}`, error);
  }

  wants({ name, type, severityNumber }: EventRow): boolean {
    if (this.hooks.wantsEvents?.(type) === false) return false;
    return this.logger.enabled({ eventName: name, severityNumber });
  }

  emit(event: EventRow, { body, attributes, context }: EventContent): void {
    if (!this.wants(event)) return;
    if (!this.#mayEmit(event, String(attributes[ATTR_MODEL_NAME.name]))) {
      this.instruments.eventsDropped.add(1, {
        [ATTR_TELLTALE_SIGNAL.name]: event.name,
        [ATTR_TELLTALE_REASON.name]: 'rate',
      });
      return;
    }
    const { name, severityNumber } = event;
    this.logger.emit({ eventName: name, severityNumber, body, attributes, context });
  }

  #mayEmit({ name }: EventRow, model: string): boolean {
    const key = textKey([name, model]);
    let budget = this.#budgets.get(key);
    if (budget === undefined) {
      // Models are bounded, so this is only a second belt.
      if (this.#budgets.size >= BUDGETS_MAX) return false;
      budget = new TokenBucket(EVENTS_PER_SECOND, EVENTS_BURST, now());
      this.#budgets.set(key, budget);
    }
    return budget.takeRarely(now);
  }

  #createInstruments(meter: Meter): Instruments {
    const instruments = new Instruments(meter);
    instruments.observe((result) => observeModels(this.models, instruments.observed, result));
    return instruments;
  }
}

function createLimiter(settings: Settings): SpanLimiter {
  return new SpanLimiter({
    spansPerParentMax: settings.maxSpansPerParent,
    rootSpansPerSecondMax: settings.maxRootSpansPerSecond,
  });
}
