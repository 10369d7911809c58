import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import {
  now,
  queueImmediate,
  queueTick,
  startInterval,
  startTimer,
  stopInterval,
  stopTimer,
} from '@telltale/instrument';

const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'performance',
] as const;

beforeEach(() => vi.useFakeTimers({ toFake: [...FAKED] }));
afterEach(() => vi.useRealTimers());

test('timers run although the globals are fake', async () => {
  const ran: string[] = [];
  const note = (what: string) => () => void ran.push(what);
  setTimeout(note('fake timer'), 0);
  const stopped = startTimer(note('stopped timer'), 0);
  stopTimer(stopped);
  queueTick(note('tick'));
  await new Promise<void>((resolve) => {
    queueImmediate(() => startTimer(resolve, 2));
  });
  expect(ran).toEqual(['tick']);
});

test('an interval runs until it is stopped', async () => {
  let count = 0;
  await new Promise<void>((resolve) => {
    const interval = startInterval(() => {
      count += 1;
      if (count < 3) return;
      stopInterval(interval);
      resolve();
    }, 1);
  });
  await new Promise<void>((resolve) => {
    startTimer(resolve, 10);
  });
  expect(count).toBe(3);
});

test('the clock goes on although the global one stands', async () => {
  const [before, fakeBefore] = [now(), performance.now()];
  await new Promise<void>((resolve) => {
    startTimer(resolve, 5);
  });
  expect(performance.now()).toBe(fakeBefore);
  expect(now()).toBeGreaterThan(before);
});
