import { expect, test } from 'vitest';

import type { Clock } from '../../../collector/src/runtime/clock.ts';
import { ClockWatch } from '../../../collector/src/runtime/clock-watch.ts';

/** Both clocks, which go on by what `stalls` holds whenever one of them is read. */
function clocks(): {
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly stalls: number[];
  readonly set: (ms: number) => void;
} {
  let elapsedMs = 0;
  let setMs = 1_700_000_000_000;
  const stalls: number[] = [];
  const read = (): number => (elapsedMs += stalls.shift() ?? 0);
  return {
    clock: { nowMs: () => setMs + read(), setTimer: () => () => undefined },
    monotonicMs: read,
    stalls,
    set: (ms) => (setMs += ms),
  };
}

test.for([
  ['nothing', [], 0, []],
  ['the process is stopped before the first reading', [60_000], 0, []],
  ['the process is stopped before the wall clock is read', [0, 60_000], 0, []],
  ['the process is stopped after the wall clock was read', [0, 0, 60_000], 0, []],
  ['the process is stopped at each reading', Array.from({ length: 9 }, () => 60_000), 0, []],
  ['the clock is set forward', [], 3_600_000, [3_600_000]],
  ['the clock is set back', [], -3_600_000, [-3_600_000]],
  ['the clock is set while the process is stopped', [0, 60_000], 7_200_000, [7_200_000]],
  ['the clock is corrected by a second', [], 1000, []],
] as const)('ClockWatch tells only of a clock that was set: %s', ([, stalls, setMs, told]) => {
  const jumps: number[] = [];
  const { clock, monotonicMs, stalls: waiting, set } = clocks();
  const watch = new ClockWatch(clock, monotonicMs, (jumpMs) => jumps.push(jumpMs));
  watch.check();
  waiting.push(...stalls);
  set(setMs);
  watch.check();
  waiting.length = 0;
  watch.check();
  expect(jumps).toEqual(told);
});
