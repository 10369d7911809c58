import {
  type Context,
  context,
  createContextKey,
  type Span,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

import { ATTR_ERROR_TYPE, ATTR_OPERATION_NAME, ATTR_PIPELINE_TASK } from '@telltale/core';
import { now, TokenBucket } from '@telltale/instrument';

import { classifyError, exceptionType, safeMessage } from '../errors.ts';
import type { AnyCall } from '../internal-types.ts';
import type { Output } from '../output.ts';
import { cleanName } from '../tensors.ts';
import type { PipelineLike, PipelineObserver } from './patch-pipelines.ts';

/** The pipeline whose call is under way: one that calls its parent class is still one call. */
const ACTIVE_PIPELINE = createContextKey('telltale active pipeline');
const UNKNOWN_TASK = 'unknown';

export interface PipelineCallsOptions {
  readonly output: Output;
  readonly isEnabled: () => boolean;
  /** Follows the global providers; called before anything is recorded. */
  readonly rebind: () => void;
}

/**
 * Puts a span around each call of a transformers.js pipeline, above the runs that it makes. Nothing
 * of what goes in or comes out is recorded, and result and error pass on untouched.
 */
export class PipelineCalls implements PipelineObserver {
  readonly isEnabled: () => boolean;
  readonly #output: Output;
  readonly #rebind: () => void;
  /** Pipeline spans below one parent, so that many calls cannot get around the cap on run spans. */
  readonly #parents: WeakMap<Span, number> = new WeakMap();
  #roots: TokenBucket | undefined;

  constructor({ output, isEnabled, rebind }: PipelineCallsOptions) {
    this.isEnabled = isEnabled;
    this.#output = output;
    this.#rebind = rebind;
  }

  call(original: AnyCall, pipeline: PipelineLike, args: unknown[]): unknown {
    const begun = this.#begin(pipeline);
    if (begun === undefined) return original.apply(pipeline, args);
    const { span, inside } = begun;
    let outcome: unknown;
    try {
      outcome = context.with(inside, () => original.apply(pipeline, args));
    } catch (error) {
      this.#end(span, { error });
      throw error;
    }
    if (!(outcome instanceof Promise)) {
      this.#end(span);
      return outcome;
    }
    return outcome.then(
      (result: unknown) => {
        this.#end(span);
        return result;
      },
      (error: unknown) => {
        this.#end(span, { error });
        throw error;
      },
    );
  }

  #begin(pipeline: PipelineLike): { readonly span: Span; readonly inside: Context } | undefined {
    try {
      this.#rebind();
      const active = context.active();
      // A pipeline that calls itself has its span already.
      if (active.getValue(ACTIVE_PIPELINE) === pipeline) return undefined;
      if (!this.#mayStart(trace.getSpan(active))) return undefined;
      const task = taskOf(pipeline);
      const attributes = {
        [ATTR_OPERATION_NAME.name]: 'pipeline',
        [ATTR_PIPELINE_TASK.name]: task,
      };
      const span = this.#output.tracer.startSpan(`pipeline ${task}`, { attributes }, active);
      if (!span.isRecording()) return undefined;
      const inside = trace.setSpan(active, span).setValue(ACTIVE_PIPELINE, pipeline);
      return { span, inside };
    } catch (error) {
      this.#output.fault('pipeline', error);
      return undefined;
    }
  }

  /** The policy and the caps of run spans: without a span of their own, runs stay below the parent. */
  #mayStart(parent: Span | undefined): boolean {
    const { spans, maxSpansPerParent, maxRootSpansPerSecond } = this.#output.settings;
    if (spans === 'off' || spans === 'errors') return false;
    if (parent === undefined) {
      if (spans === 'parent') return false;
      this.#roots ??= new TokenBucket(maxRootSpansPerSecond, maxRootSpansPerSecond, now());
      return this.#roots.takeRarely(now);
    }
    if ((parent.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return false;
    const started = this.#parents.get(parent) ?? 0;
    if (started >= maxSpansPerParent) return false;
    this.#parents.set(parent, started + 1);
    return true;
  }

  #end(span: Span, failed?: { readonly error: unknown }): void {
    try {
      if (failed !== undefined) this.#fail(span, failed.error);
      span.end();
    } catch (error) {
      this.#output.fault('pipeline', error);
    }
  }

  #fail(span: Span, error: unknown): void {
    const known = classifyError(error);
    const errorType = known === '_OTHER' ? exceptionType(error) : known;
    const message = this.#output.settings.capturesErrorMessage
      ? `${errorType}: ${safeMessage(error)}`
      : errorType;
    span.setAttribute(ATTR_ERROR_TYPE.name, errorType);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
}

function taskOf({ task }: PipelineLike): string {
  return (typeof task === 'string' ? cleanName(task) : '') || UNKNOWN_TASK;
}
