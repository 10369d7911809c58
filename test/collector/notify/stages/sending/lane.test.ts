import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { judgeHttpResult } from '../../../../../collector/src/notify/stages/retry.ts';
import { Lane } from '../../../../../collector/src/notify/stages/sending/lane.ts';
import { Pace } from '../../../../../collector/src/notify/stages/sending/pace.ts';
import { TokenBucket } from '../../../../../collector/src/notify/stages/sending/token-bucket.ts';
import { DEFAULT_BACKOFF } from '../../../../support/notify/backoff.ts';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');

describe('TokenBucket', () => {
  test('gives a burst, then one token after another', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, NOW);
    expect([1, 2, 3].map(() => bucket.take(NOW))).toEqual([0, 0, 0]);
    expect(bucket.take(NOW)).toBe(500);
    expect(bucket.take(NOW + 250)).toBe(250);
    expect(bucket.take(NOW + 500)).toBe(0);
    expect(bucket.take(NOW + 500)).toBe(500);
  });

  test('never gives more than its rate and its burst', () => {
    const steps = fc.array(fc.nat(2000), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (waits, perSecond) => {
        const bucket = new TokenBucket({ perSecond, burst: 5 }, NOW);
        let nowMs = NOW;
        let taken = 0;
        for (const wait of waits) {
          nowMs += wait;
          while (bucket.take(nowMs) === 0) taken += 1;
          expect(taken).toBeLessThanOrEqual(5 + ((nowMs - NOW) / 1000) * perSecond + 1e-6);
        }
      }),
    );
  });

  test('gives nothing during a pause, whatever the clock does', () => {
    const bucket = new TokenBucket(undefined, NOW);
    bucket.pause(NOW + 1000);
    bucket.pause(NOW + 500);
    expect([bucket.take(NOW + 999), bucket.take(NOW - 5000), bucket.take(NOW + 1000)]).toEqual([
      1, 6000, 0,
    ]);
  });
});

describe('Pace', () => {
  test('one message after the other, and past one that takes its time', () => {
    const pace = new Pace();
    const first = pace.begin(NOW);
    const waits = [pace.waitMs(NOW), pace.waitMs(NOW + 9), pace.waitMs(NOW + 10)];
    const second = pace.begin(NOW + 10);
    pace.end(first);
    waits.push(pace.waitMs(NOW + 11));
    pace.end(second);
    waits.push(pace.waitMs(NOW + 11));
    expect(waits).toEqual([10, 1, 0, 9, 0]);
  });

  test('a clock that was set back holds up nothing', () => {
    const pace = new Pace();
    pace.begin(NOW);
    expect(pace.waitMs(NOW - 3_600_000)).toBe(0);
  });
});

describe('Lane', () => {
  const start = (lane: Lane, nowMs = NOW): number => {
    let started = 0;
    while (lane.tryStart(nowMs)) started += 1;
    return started;
  };

  test('a destination that fails gets one message at a time, with pauses', () => {
    const lane = new Lane(undefined, NOW);
    const width = start(lane);
    for (let each = 0; each < width; each += 1) lane.failed(NOW, { random: 0.5 }, DEFAULT_BACKOFF);
    expect([width > 1, lane.failingSinceMs, start(lane), (lane.waitMs(NOW) ?? 0) > 0]).toEqual([
      true,
      NOW,
      0,
      true,
    ]);
    expect(start(lane, NOW + DEFAULT_BACKOFF.maxMs * 2)).toBe(1);
  });

  test('a good answer ends the trouble', () => {
    const lane = new Lane(undefined, NOW);
    lane.tryStart(NOW);
    lane.failed(NOW, { random: 0.5 }, DEFAULT_BACKOFF);
    lane.tryStart(NOW);
    lane.succeeded(NOW);
    expect(lane.failingSinceMs).toBe(undefined);
  });

  test('one that asks to be left alone is left alone', () => {
    const lane = new Lane(undefined, NOW);
    lane.tryStart(NOW);
    lane.failed(NOW, { retryAfterMs: 30_000, random: 0.5 }, DEFAULT_BACKOFF);
    expect([start(lane, NOW + 29_999), start(lane, NOW + 30_000)]).toEqual([0, 1]);
  });

  test('one that asked for a pause lately gets one message at a time', () => {
    const lane = new Lane(undefined, NOW);
    lane.tryStart(NOW);
    lane.failed(NOW, { retryAfterMs: 1000, random: 0.5 }, DEFAULT_BACKOFF);
    let nowMs = NOW + 1000;
    for (let each = 0; each < 100; each += 1) {
      expect(start(lane, nowMs)).toBe(1);
      lane.succeeded(nowMs);
      nowMs += 1000;
    }
    expect(start(lane, nowMs + 86_400_000)).toBeGreaterThan(1);
  });

  test('one that failed is trusted again after twenty messages in a row', () => {
    const lane = new Lane(undefined, NOW);
    const trusted = [lane.isTrusted];
    lane.tryStart(NOW);
    lane.failed(NOW, { random: 0.5 }, DEFAULT_BACKOFF);
    for (let each = 0; each < 20; each += 1) {
      trusted.push(lane.isTrusted);
      lane.tryStart(NOW);
      lane.succeeded(NOW);
    }
    expect([trusted.filter(Boolean).length, lane.isTrusted]).toEqual([1, true]);
  });
});

test.each([
  [{ 'retry-after': '7' }, '', 7000],
  [{ 'retry-after': '0.35' }, '', 350],
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:15 GMT' }, '', 10_000],
  [{ 'x-ratelimit-reset-after': '1.25' }, '', 1250],
  [{}, '{"message":"slow down","retry_after":0.65,"global":false}', 650],
  [{}, '{"ok":false,"parameters":{"retry_after":5}}', 5000],
  [{ 'retry-after': '1' }, '{"retry_after":1.5}', 1500],
  [{ 'retry-after': '999999' }, '', 3_600_000],
  [{}, 'retry_after is no JSON here', undefined],
])('Retry-After of %j %s is %s ms', (headers, body, retryAfterMs) => {
  const outcome = judgeHttpResult({ kind: 'answer', status: 429, headers, body }, NOW);
  expect(outcome.kind === 'retry' ? outcome.retryAfterMs : 'no retry').toBe(retryAfterMs);
});
