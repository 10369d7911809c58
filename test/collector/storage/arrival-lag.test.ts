import { expect, test } from 'vitest';

import { ArrivalLag } from '../../../collector/src/storage/arrival-lag.ts';

const MINUTE_MS = 60_000;

/** @param lags of exports that arrive ten seconds apart. */
function lagAfter(lags: readonly number[]): ArrivalLag {
  const lag = new ArrivalLag();
  for (const [index, lagMs] of lags.entries()) lag.note(index * 10_000, index * 10_000 - lagMs);
  return lag;
}

const times = (count: number, lagMs: number): number[] =>
  Array.from({ length: count }, () => lagMs);

test.each([
  { name: 'nothing', lags: [], usualMs: 0 },
  { name: 'one', lags: [300], usualMs: 300 },
  { name: 'a late one', lags: [...times(5, 20), 4000], usualMs: 20 },
  { name: 'a clock ahead', lags: times(5, -200), usualMs: -200 },
  { name: 'a way that became longer', lags: [...times(20, 20), ...times(32, 700)], usualMs: 700 },
])('ArrivalLag.usualMs is the shortest of the last exports: $name', ({ lags, usualMs }) => {
  expect(lagAfter(lags).usualMs).toBe(usualMs);
});

test.each([
  { name: 'an exact clock', lags: times(40, 20), minutes: 0 },
  { name: 'seven minutes behind', lags: times(20, 7 * MINUTE_MS), minutes: 7 },
  { name: 'behind for too short a while', lags: times(10, 7 * MINUTE_MS), minutes: 0 },
  {
    name: 'a queue that is emptied after an outage',
    lags: Array.from({ length: 40 }, (_, index) => 10 * MINUTE_MS - index * 15_000),
    minutes: 0,
  },
  { name: 'a clock that was put right', lags: [...times(20, 7 * MINUTE_MS), 30], minutes: 0 },
])('ArrivalLag.clockBehindMs tells a clock from a queue: $name', ({ lags, minutes }) => {
  expect(lagAfter(lags).clockBehindMs).toBe(minutes * MINUTE_MS);
});
