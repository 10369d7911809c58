import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';

import { median } from '../quantiles.ts';

const STARTS = 9;
const LOOP_ROUNDS = 5;
const LOOP_STEPS = 20_000_000;
const GIB = 2 ** 30;

/** What tells two machines apart, so that figures taken on them can be compared. */
export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly node: string;
  /** Start and end of a Node.js process that does nothing; the median. */
  readonly plainNodeMs: number;
  /** A fixed loop of integer and floating arithmetic; the best of a few. */
  readonly loopMs: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: availableParallelism(),
    memoryGib: Math.round(totalmem() / GIB),
    node: process.version,
    plainNodeMs: rounded(median(Array.from({ length: STARTS }, startMs))),
    loopMs: rounded(Math.min(...Array.from({ length: LOOP_ROUNDS }, loopMs))),
  };
}

function startMs(): number {
  const before = performance.now();
  execFileSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

function loopMs(): number {
  const before = performance.now();
  let state = 1;
  let sum = 0;
  for (let step = 0; step < LOOP_STEPS; step += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    sum += state / 2 ** 32;
  }
  // The sum is used, so that nothing is left out.
  return sum > 0 ? performance.now() - before : Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
