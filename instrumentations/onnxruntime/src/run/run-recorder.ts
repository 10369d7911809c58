import { performance } from 'node:perf_hooks';

import { context, type Span, type SpanContext, TraceFlags } from '@opentelemetry/api';

import { type BucketHistogram, now } from '@telltale/instrument';

import type { SessionState } from '../model/session-state.ts';

import { classifyError, type ErrorClass, isArgumentError } from '../errors.ts';
import type { SessionLike } from '../internal-types.ts';
import type { FeedCapture } from '../operator-profile/feed-capture.ts';
import type { Output } from '../output.ts';
import { type ExecutionMode, splitRun } from '../runtime/run-timing.ts';
import type { TensorMap } from '../types.ts';
import { inspectInputs, inspectOutputs } from './inspect-tensors.ts';
import { notifyObservers } from './notify-observers.ts';
import { publishRun } from './run-channel.ts';
import { emitRunError, emitSlowRun } from './run-events.ts';
import { createRunRecord, type RunRecord } from './run-record.ts';
import { endRunSpan, startRunSpan } from './run-span.ts';

const SECONDS_PER_MS = 0.001;
/** Models above this average pay 0.4 us for the utilization of the event loop; faster ones do not. */
const UTILIZATION_COMPUTE_MS_MIN = 1;

/** Observes single runs. None of its methods throws into the caller's code unguarded. */
export class RunRecorder {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Before the original call: touches neither the feeds nor the results. */
  begin(session: SessionState, target: SessionLike, feeds: unknown): RunRecord {
    const run = createRunRecord(session, context.active(), feeds);
    session.runs++;
    if (run.isCold) session.prepare(target);
    startRunSpan(run, this.#output);
    if (session.model.computeEwmaMs > UTILIZATION_COMPUTE_MS_MIN && run.span !== undefined) {
      run.utilization = performance.eventLoopUtilization();
    }
    session.model.active++;
    run.t0 = now();
    publishRun('start', run, run.t0);
    run.observesMarks = session.copy.clock.before(run);
    return run;
  }

  /** After the original call returned its promise. */
  called(run: RunRecord, args: readonly unknown[]): void {
    const { copy, model } = run.session;
    copy.clock.after(run, run.observesMarks);
    if (model.capture !== undefined) this.#capture(model.capture, run, args);
    try {
      inspectInputs(run, this.#output.settings);
    } catch (error) {
      run.inputFault = error; // a hostile getter, a detached buffer, no tensor at all
    }
  }

  succeed(run: RunRecord, results: TensorMap): void {
    const endMs = now();
    publishRun('end', run, endMs);
    const { model, copy } = run.session;
    model.active--;
    const mode = copy.clock.modeOf(run, run.observesMarks);
    if (mode !== undefined) {
      splitRun(run, mode, endMs);
      if (run.observesMarks) copy.clock.observe(mode);
    }
    if (run.computeMs >= 0) model.addCompute(run.computeMs);
    if (run.inputFault !== undefined) this.#output.fault('inputs', run.inputFault);
    try {
      inspectOutputs(run, results, this.#output.settings);
    } catch (error) {
      this.#output.fault('outputs', error);
    }
    const durationMs = endMs - run.t0;
    this.#count(run, mode);
    this.#recordDuration(run, durationMs, endMs);
    const isSlow = this.#watchSlow(run, durationMs);
    endRunSpan(run, { mode, results, durationMs, endMs, isSlow }, this.#output);
    run.session.profile?.add(run.span, endMs);
    notifyObservers(run, { results, durationMs }, this.#output);
  }

  fail(run: RunRecord, error: unknown): void {
    const endMs = now();
    publishRun('end', run, endMs);
    const { model, copy } = run.session;
    model.active--;
    const errorType = classifyError(error);
    const mode = copy.clock.modeOf(run, run.observesMarks);
    if (mode !== undefined && !isArgumentError(errorType)) splitRun(run, mode, endMs);
    if (run.computeMs < 0) run.queueMs = 0; // refused before the queue
    const durationMs = endMs - run.t0;
    this.#countBlocked(run, mode);
    this.#recordFailure(run, endMs, errorType);
    endRunSpan(run, { mode, error, errorType, durationMs, endMs }, this.#output);
    emitRunError(run, { error, errorType }, this.#output);
  }

  #capture(capture: FeedCapture, run: RunRecord, args: readonly unknown[]): void {
    try {
      capture.add(run.session, args);
    } catch (error) {
      this.#output.fault('operator_profile', error); // a hostile getter, a detached buffer
    }
  }

  #count(run: RunRecord, mode: ExecutionMode | undefined): void {
    const { model } = run.session;
    model.items += run.batch;
    model.inputBytes += run.inputBytes;
    model.outputBytes += run.outputBytes;
    this.#countBlocked(run, mode);
  }

  #countBlocked(run: RunRecord, mode: ExecutionMode | undefined): void {
    if (run.computeMs > 0 && mode !== 'async') run.session.model.blockedMs += run.computeMs;
  }

  #recordDuration(run: RunRecord, durationMs: number, endMs: number): void {
    const { model } = run.session;
    const seconds = durationMs * SECONDS_PER_MS;
    const bucket = model.duration.record(seconds);
    if (run.computeMs >= 0) {
      model.queue.record(run.queueMs * SECONDS_PER_MS);
      model.compute.record(run.computeMs * SECONDS_PER_MS);
    }
    if (run.batch !== 1) model.hasBatches = true;
    if (model.hasBatches) model.batch.record(run.batch);
    if (run.isCold) this.#output.instruments.warmupDuration.record(seconds, model.attributes);
    if (this.#output.recordsRunsInSdk) this.#recordInSdk(run, seconds);
    else if (hasSpan(run))
      keepExemplar(run, model.duration, { bucket, value: seconds, atMs: endMs });
  }

  #recordFailure(run: RunRecord, endMs: number, errorType: ErrorClass): void {
    const { attributes, duration } = run.session.model.failure(errorType);
    const seconds = (endMs - run.t0) * SECONDS_PER_MS;
    const bucket = duration.record(seconds);
    if (this.#output.recordsRunsInSdk) {
      this.#output.instruments.runs.duration.record(seconds, attributes, run.context);
    } else keepExemplar(run, duration, { bucket, value: seconds, atMs: endMs });
  }

  #recordInSdk(run: RunRecord, seconds: number): void {
    const { runs } = this.#output.instruments;
    const { model } = run.session;
    runs.duration.record(seconds, model.attributes, run.context);
    if (run.computeMs >= 0) {
      runs.queue.record(run.queueMs * SECONDS_PER_MS, model.attributes, run.context);
      runs.compute.record(run.computeMs * SECONDS_PER_MS, model.attributes, run.context);
    }
    if (model.hasBatches) runs.batch.record(run.batch, model.attributes, run.context);
  }

  #watchSlow(run: RunRecord, durationMs: number): boolean {
    const { slowRun } = this.#output.settings;
    if (slowRun === 'off' || run.isCold) return false;
    const { slow } = run.session.model;
    const thresholdMs = slowRun === 'auto' ? slow.thresholdMs : slowRun;
    if (slowRun === 'auto') slow.add(durationMs);
    if (durationMs <= thresholdMs) return false;
    emitSlowRun(run, { durationMs, thresholdMs }, this.#output);
    return true;
  }
}

interface BucketValue {
  readonly bucket: number;
  readonly value: number;
  readonly atMs: number;
}

/** Whether a measurement can have a trace at all: no run outside of a span has one. */
const hasSpan = ({ span, aggregate, parent }: RunRecord): boolean =>
  span !== undefined || aggregate !== undefined || parent !== undefined;

function keepExemplar(run: RunRecord, histogram: BucketHistogram, measured: BucketValue): void {
  const span = sampledContext(run);
  if (span !== undefined) histogram.keepExemplar(measured.bucket, span, measured);
}

/** The span that a measurement of the run belongs to, when its trace is kept. */
function sampledContext(run: RunRecord): SpanContext | undefined {
  const span: Span | undefined = run.span ?? run.aggregate?.span ?? run.parent;
  const spanContext = span?.spanContext();
  if (spanContext === undefined || (spanContext.traceFlags & TraceFlags.SAMPLED) === 0) {
    return undefined;
  }
  return spanContext;
}
