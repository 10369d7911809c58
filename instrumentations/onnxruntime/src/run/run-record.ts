import type { EventLoopUtilization } from 'node:perf_hooks';

import type { Context, Span } from '@opentelemetry/api';

import type { SessionState } from '../model/session-state.ts';

import type { AggregateSpan } from '../spans/aggregate-span.ts';
import type { RunMarks } from './run-timing.ts';

/** One call of `run`, from the call to its settlement. All fields are set up front: one shape. */
export class RunRecord implements RunMarks {
  readonly session: SessionState;
  readonly context: Context;
  /** The span above the run, if there is one. */
  readonly parent: Span | undefined;
  readonly isCold: boolean;
  span: Span | undefined = undefined;
  aggregate: AggregateSpan | undefined = undefined;
  feeds: unknown = undefined;
  utilization: EventLoopUtilization | undefined = undefined;
  observesMarks = false;
  t0 = 0;
  i0 = 0;
  i1 = 0;
  k0 = 0;
  k1 = 0;
  queueMs = -1;
  computeMs = -1;
  batch = 1;
  inputBytes = 0;
  outputBytes = 0;
  nonFinite = 0;

  constructor(session: SessionState, context: Context, parent: Span | undefined) {
    this.session = session;
    this.context = context;
    this.parent = parent;
    this.isCold = session.runs === 0;
  }
}
