import type { EventLoopUtilization } from 'node:perf_hooks';

import { type Context, type Span, trace } from '@opentelemetry/api';

import type { SessionState } from '../model/session-state.ts';

import type { RunMarks } from '../runtime/run-timing.ts';
import type { AggregateSpan } from '../spans/aggregate-span.ts';

/** One call of `run`, from the call to its settlement. */
export interface RunRecord extends RunMarks {
  readonly session: SessionState;
  readonly context: Context;
  /** The span above the run, if there is one. */
  readonly parent: Span | undefined;
  readonly feeds: unknown;
  readonly isCold: boolean;
  span: Span | undefined;
  aggregate: AggregateSpan | undefined;
  utilization: EventLoopUtilization | undefined;
  /** Whether all timing marks were queued, to detect the execution mode. */
  observesMarks: boolean;
  /** Why the inputs could not be read. Ours only when ONNX Runtime can read them. */
  inputFault: unknown;
  batch: number;
  inputBytes: number;
  outputBytes: number;
  nonFinite: number;
}

/** One literal with all fields: a class with as many field initializers takes longer to make. */
export function createRunRecord(
  session: SessionState,
  context: Context,
  feeds: unknown,
): RunRecord {
  const parent = trace.getSpan(context);
  return {
    session,
    context,
    parent,
    feeds,
    isCold: session.runs === 0,
    span: undefined,
    aggregate: undefined,
    utilization: undefined,
    observesMarks: false,
    t0: 0,
    i0: 0,
    i1: 0,
    k0: 0,
    k1: 0,
    queueMs: -1,
    computeMs: -1,
    inputFault: undefined,
    batch: 1,
    inputBytes: 0,
    outputBytes: 0,
    nonFinite: 0,
  };
}
