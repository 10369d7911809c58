import {
  type Attributes,
  type Context,
  type Span,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';

import {
  ATTR_INFERENCE_AGGREGATE_COUNT,
  ATTR_INFERENCE_AGGREGATE_ERRORS,
  ATTR_INFERENCE_AGGREGATE_MAX,
  ATTR_INFERENCE_AGGREGATE_MIN,
  ATTR_INFERENCE_AGGREGATE_SUM,
  ATTR_INFERENCE_AGGREGATED,
  ATTR_OPERATION_NAME,
} from '@telltale/core';
import { now, startTimer, stopTimer } from '@telltale/instrument';

/** What a span needs of the model that ran. */
export interface SpannedModel {
  readonly spanName: string;
  readonly attributes: Readonly<Attributes>;
}

const IDLE_MS = 250;
const SECONDS_PER_MS = 0.001;

/**
 * One span for the runs beyond the cap of a parent span. It ends at the end of its last run, once
 * no run came for 250 ms or when telemetry is flushed.
 */
export class AggregateSpan {
  readonly span: Span;
  isEnded = false;
  readonly #onEnd: (ended: AggregateSpan) => void;
  readonly #timer: NodeJS.Timeout;
  #active = 0;
  #lastEndMs = now();
  #count = 0;
  #errors = 0;
  #sumMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  constructor(tracer: Tracer, model: SpannedModel, at: AggregatePlace) {
    this.#onEnd = at.onEnd;
    this.span = tracer.startSpan(model.spanName, {}, at.context);
    this.span.setAttributes({
      ...model.attributes,
      [ATTR_OPERATION_NAME.name]: 'infer',
      [ATTR_INFERENCE_AGGREGATED.name]: true,
    });
    this.#timer = startTimer(() => this.#endIfIdle(), IDLE_MS).unref();
  }

  begin(): void {
    this.#active++;
  }

  add(durationMs: number, isError: boolean, endMs: number): void {
    this.#active--;
    this.#count++;
    if (isError) this.#errors++;
    this.#sumMs += durationMs;
    this.#minMs = Math.min(this.#minMs, durationMs);
    this.#maxMs = Math.max(this.#maxMs, durationMs);
    this.#lastEndMs = endMs;
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    stopTimer(this.#timer);
    this.span.setAttributes({
      [ATTR_INFERENCE_AGGREGATE_COUNT.name]: this.#count,
      [ATTR_INFERENCE_AGGREGATE_ERRORS.name]: this.#errors,
      [ATTR_INFERENCE_AGGREGATE_SUM.name]: this.#sumMs * SECONDS_PER_MS,
      [ATTR_INFERENCE_AGGREGATE_MAX.name]: this.#maxMs * SECONDS_PER_MS,
    });
    if (this.#count > 0) {
      this.span.setAttribute(ATTR_INFERENCE_AGGREGATE_MIN.name, this.#minMs * SECONDS_PER_MS);
    }
    if (this.#errors > 0) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end(this.#lastEndMs);
    this.#onEnd(this);
  }

  #endIfIdle(): void {
    const isIdle = this.#active === 0 && now() - this.#lastEndMs >= IDLE_MS;
    if (isIdle) this.end();
    else this.#timer.refresh();
  }
}

export interface AggregatePlace {
  /** Holds the parent span. */
  readonly context: Context;
  readonly onEnd: (ended: AggregateSpan) => void;
}
