import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';

import { ATTR_ERROR_TYPE, ATTR_OPERATOR_NAME } from '@telltale/core';

import { type ErrorClass, failedOperator, safeMessage } from '../errors.ts';
import type { Output } from '../output.ts';
import type { ExecutionMode } from '../runtime/run-timing.ts';
import { endWithRun, setRunAttributes } from '../spans/direct-attributes.ts';
import type { ResponseHookInfo, RunTiming, TensorMap } from '../types.ts';
import { runAttributes } from './run-attributes.ts';
import type { RunRecord } from './run-record.ts';

const NO_OPTIONS = Object.freeze({});

/**
 * Starts the span of a run, or joins it to an aggregate span, or neither, as policy and caps say.
 * Kind INTERNAL is the default kind. Nothing runs inside ONNX Runtime's native code that could see
 * an active span, so the context is not switched: that would cost 0.5 us a run.
 */
export function startRunSpan(run: RunRecord, output: Output): void {
  const policy = output.settings.spans;
  if (policy === 'off' || policy === 'errors') return;
  if (policy === 'parent' && run.parent === undefined) return;
  const { model } = run.session;
  const decision = output.limiter.decide(model, run, output.tracer);
  if (decision === 'none') return;
  if (decision !== 'own') {
    run.aggregate = decision;
    decision.begin();
    return;
  }
  const span = output.tracer.startSpan(model.spanName, NO_OPTIONS, run.context);
  if (!span.isRecording()) return;
  run.span = span;
  callRequestHook(run, span, output);
}

export interface SettledRun {
  readonly mode: ExecutionMode | undefined;
  readonly durationMs: number;
  readonly endMs: number;
  readonly results?: TensorMap;
  readonly error?: unknown;
  readonly errorType?: ErrorClass;
  readonly isSlow?: boolean;
}

/** Completes what `startRunSpan` began. */
export function endRunSpan(run: RunRecord, settled: SettledRun, output: Output): void {
  const isNoteworthy = settled.errorType !== undefined || settled.isSlow === true;
  const isLate = isNoteworthy && output.settings.spans === 'errors';
  if (isLate) startLateSpan(run, output);
  const { span, aggregate } = run;
  aggregate?.add(settled.durationMs, settled.errorType !== undefined, settled.endMs);
  if (span === undefined) return;
  const attributes = runAttributes(run, { mode: settled.mode, results: settled.results });
  if (settled.errorType !== undefined) addError(attributes, span, { settled, output });
  setRunAttributes(span, attributes);
  const { requestHook, responseHook } = output.hooks;
  if (responseHook !== undefined) callResponseHook(run, span, { settled, output });
  if (isLate) span.end(settled.endMs);
  else if (requestHook === undefined && responseHook === undefined) {
    endWithRun(span, settled.durationMs);
  } else span.end(); // the span also covers what the hooks took
}

/** A span made after the fact, for the policy that only wants failed and slow runs. */
function startLateSpan(run: RunRecord, output: Output): void {
  const { tracer, limiter } = output;
  const { model } = run.session;
  const decision = limiter.decide(model, run, tracer);
  if (decision === 'none') return;
  if (decision === 'own') {
    run.span = tracer.startSpan(model.spanName, { startTime: run.t0 }, run.context);
  } else {
    run.aggregate = decision;
    decision.begin();
  }
}

interface SpanOutcome {
  readonly settled: SettledRun;
  readonly output: Output;
}

/** Messages hold paths and tensor names, so the status carries the class unless asked for more. */
function addError(attributes: Attributes, span: Span, { settled, output }: SpanOutcome): void {
  const errorType = settled.errorType ?? '_OTHER';
  attributes[ATTR_ERROR_TYPE.name] = errorType;
  const operator = failedOperator(settled.error);
  if (operator !== undefined) attributes[ATTR_OPERATOR_NAME.name] = operator;
  const message = output.settings.capturesErrorMessage
    ? `${errorType}: ${safeMessage(settled.error)}`
    : errorType;
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function callRequestHook(run: RunRecord, span: Span, output: Output): void {
  const { requestHook } = output.hooks;
  if (requestHook === undefined) return;
  try {
    requestHook(span, { model: run.session.info, feeds: run.feeds });
  } catch (error) {
    output.fault('requestHook', error);
  }
}

function callResponseHook(run: RunRecord, span: Span, { settled, output }: SpanOutcome): void {
  const { responseHook } = output.hooks;
  if (responseHook === undefined) return;
  const { results, error, durationMs } = settled;
  const timing = runTiming(run, durationMs);
  const info: ResponseHookInfo = {
    model: run.session.info,
    timing,
    ...(results === undefined ? { error } : { results }),
  };
  try {
    responseHook(span, info);
  } catch (failure) {
    output.fault('responseHook', failure);
  }
}

export function runTiming(run: RunRecord, durationMs: number): RunTiming {
  const timing = { startMs: run.t0, durationMs };
  if (run.computeMs < 0) return timing;
  return { ...timing, queueMs: run.queueMs, computeMs: run.computeMs };
}
