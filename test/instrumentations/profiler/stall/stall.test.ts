import { expect, test } from 'vitest';

import { CaptureBudget } from '../../../../instrumentations/profiler/src/stall/budget.ts';
import { describeStall } from '../../../../instrumentations/profiler/src/stall/stall.ts';
import { PROFILE } from '../../../support/profiler/profiles.ts';

test('names the function that ran longest, and its stacks', () => {
  const stall = describeStall(60, PROFILE);
  expect(stall.summary).toBe('The event loop was blocked for 60 ms by handler (/app/server.js:10)');
  expect(stall.stacks[1]).toBe(
    '10 ms parse (/app/node_modules/lib/index.js:5) < handler (/app/server.js:10)',
  );
});

test.for([
  ['no capture', undefined],
  ['a capture that began when JavaScript went on', PROFILE],
] as const)('%s is native code, said honestly', ([, profile]) => {
  expect(describeStall(900, profile)).toEqual({
    lagMs: 900,
    topFrame: undefined,
    stacks: [],
    summary:
      'The event loop was blocked for 900 ms by native code, garbage collection or synchronous I/O: no JavaScript stack was seen while it lasted',
  });
});

test('one capture a minute and twenty an hour', () => {
  const budget = new CaptureBudget();
  const minute = 60_000;
  const taken = Array.from({ length: 70 }, (_, index) => index * (minute / 2)).filter((nowMs) =>
    budget.take(nowMs),
  );
  expect(taken).toEqual(Array.from({ length: 20 }, (_, index) => index * minute));
  expect(budget.isSpent(35 * minute)).toBe(true);
  expect(budget.isSpent(61 * minute)).toBe(false);
});
