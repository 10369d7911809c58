import { expect, test } from 'vitest';

import { TokenBucket } from '@telltale/instrument';

test('takeRarely() lets the burst through, then the rate', () => {
  const bucket = new TokenBucket(10, 3, 0);
  const taken = [0, 0, 0, 0, 99, 100, 100, 200, 250, 10_000, 10_000, 10_000, 10_000].map((at) =>
    bucket.takeRarely(() => at),
  );
  expect(taken).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('a bucket does not refill when the clock steps back', () => {
  const bucket = new TokenBucket(10, 1, 1_000);
  expect([1_000, 0, 50].map((at) => bucket.takeRarely(() => at))).toEqual([true, false, false]);
});

test('take() never lets more than the burst through at once, takeRarely() twice that', () => {
  const strict = new TokenBucket(10, 3, 0);
  const cheap = new TokenBucket(10, 3, 0);
  const atOnce = Array.from({ length: 10 }, () => 10_000);
  expect({
    take: atOnce.filter((at) => strict.take(at)).length,
    takeRarely: atOnce.filter((at) => cheap.takeRarely(() => at)).length,
  }).toEqual({ take: 3, takeRarely: 6 });
});

test('the clock is asked only when the bucket is empty', () => {
  const bucket = new TokenBucket(1, 2, 0);
  let asked = 0;
  const clock = (): number => {
    asked += 1;
    return 0;
  };
  expect([1, 2, 3].map(() => bucket.takeRarely(clock))).toEqual([true, true, false]);
  expect(asked).toBe(1);
});
