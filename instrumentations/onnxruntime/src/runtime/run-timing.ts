import { now, queueImmediate, queueTick } from '@telltale/instrument';

/** How a copy of ONNX Runtime runs: on the event loop after an immediate or a tick, or beside it. */
export type ExecutionMode = 'blocking' | 'tick' | 'async';

/**
 * The marks around one call. ONNX Runtime queues one callback that blocks the event loop; marks
 * queued right before and right after the call bracket it, because both queues are first in, first
 * out and microtasks drain between their callbacks.
 */
export interface RunMarks {
  /** The call. */
  t0: number;
  /** The immediates queued before and after the call; 0 while they have not run. */
  i0: number;
  i1: number;
  /** The ticks queued before and after the call. */
  k0: number;
  k1: number;
  /** Results in milliseconds, -1 while unknown. */
  queueMs: number;
  computeMs: number;
}

const LATCH_AFTER = 3;
const RECHECK_RUNS = 1_000;

const markImmediateBefore = (run: RunMarks): void => {
  run.i0 = now();
};
const markImmediateAfter = (run: RunMarks): void => {
  run.i1 = now();
};
const markTickBefore = (run: RunMarks): void => {
  run.k0 = now();
};
const markTickAfter = (run: RunMarks): void => {
  run.k1 = now();
};

/**
 * Knows how one copy of ONNX Runtime runs. After three equal observations only the needed marks
 * are queued; every 1000th run queues them all again, in case that the copy behaves differently
 * under other options.
 */
export class RunClock {
  mode: ExecutionMode | undefined;
  #candidate: ExecutionMode | undefined;
  #agreeing = 0;
  #runs = 0;

  /** Right before the call. Returns whether this run observes all marks. */
  before(run: RunMarks): boolean {
    const observes = this.mode === undefined || ++this.#runs % RECHECK_RUNS === 0;
    if (observes || this.mode === 'tick') queueTick(markTickBefore, run);
    if (observes || this.mode !== 'tick') queueImmediate(markImmediateBefore, run);
    return observes;
  }

  /** Right after the call returned its promise. */
  after(run: RunMarks, observes: boolean): void {
    if (observes || this.mode === 'tick') queueTick(markTickAfter, run);
    if (observes || this.mode === 'async') queueImmediate(markImmediateAfter, run);
  }

  /** How the run went, at its settlement; `undefined` when the marks do not tell. */
  modeOf(run: RunMarks, observes: boolean): ExecutionMode | undefined {
    if (!observes) return this.mode;
    if (run.i0 !== 0 && run.i1 !== 0) return 'async';
    if (run.i0 !== 0) return 'blocking';
    return run.k1 === 0 ? undefined : 'tick';
  }

  /** Latches the mode. Only successful runs count: a refused call never reaches the queue. */
  observe(mode: ExecutionMode): void {
    if (mode === this.#candidate) this.#agreeing++;
    else {
      this.#candidate = mode;
      this.#agreeing = 1;
      if (mode !== this.mode) this.mode = undefined;
    }
    if (this.#agreeing >= LATCH_AFTER) this.mode = mode;
  }
}

/**
 * Splits a settled run into queue and compute. In tick mode all concurrent runs settle together,
 * so `endMs` is not used. Leaves -1 in both where the marks do not tell.
 */
export function splitRun(run: RunMarks, mode: ExecutionMode, endMs: number): void {
  const start = mode === 'tick' ? run.k0 : run.i0;
  const finish = mode === 'tick' ? run.k1 : endMs;
  if (start === 0 || finish === 0) return;
  // A clock read is coarser than a fast run: never below zero.
  run.queueMs = Math.max(0, start - run.t0);
  run.computeMs = Math.max(0, finish - start);
}
