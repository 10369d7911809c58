import { expect, test } from 'vitest';

import {
  ProfilerBusyError,
  profile,
  startProfile,
} from '../../../instrumentations/profiler/src/index.ts';

function sumOfRoots(milliseconds: number): number {
  const endMs = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < endMs) {
    for (let index = 0; index < 10_000; index += 1) sum += Math.sqrt(index);
  }
  return sum;
}

test('the function that took the time is named', async () => {
  const { result, profile: recorded } = await profile(() => sumOfRoots(400), { intervalMs: 1 });
  expect(result).toBeGreaterThan(0);
  const [first] = recorded.statistics().functions;
  expect(first?.name).toBe('sumOfRoots');
});

test('a second profile is refused while one is recorded, and possible after', async () => {
  const running = await startProfile();
  await expect(startProfile()).rejects.toBeInstanceOf(ProfilerBusyError);
  const first = await running.stop();
  expect(await running.stop()).toBe(first);
  await (await startProfile()).stop();
});

test('what the function throws is thrown on, and the profiler is free again', async () => {
  await expect(
    profile(() => {
      throw new Error('mine');
    }),
  ).rejects.toThrow('mine');
  await (await startProfile()).stop();
});

test('an interval that cannot be used is refused', async () => {
  await expect(startProfile({ intervalMs: 0 })).rejects.toThrow('Cannot sample every 0 ms');
});
