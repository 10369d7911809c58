import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatDuration, parseDuration } from '../../../collector/src/model/duration.ts';

const DAY_MS = 86_400_000;

describe('parseDuration()', () => {
  test.for<[string, number]>([
    ['0', 0],
    ['0s', 0],
    ['1ms', 1],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1y2w3d4h5m6s7ms', 382 * DAY_MS + 14_706_007],
    ['292y', 292 * 365 * DAY_MS],
  ])('reads %s', ([text, durationMs]) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.for<[string, string]>([
    ['', 'empty duration string'],
    ['1.5h', 'unknown unit "." in duration "1.5h"'],
    ['5', 'not a valid duration string: "5"'],
    ['-5m', 'not a valid duration string: "-5m"'],
    ['5 m', 'unknown unit " m" in duration "5 m"'],
    ['5min', 'unknown unit "min" in duration "5min"'],
    ['1m1h', 'not a valid duration string: "1m1h"'],
    ['1m1m', 'not a valid duration string: "1m1m"'],
    ['99999999999999999999s', 'not a valid duration string: "99999999999999999999s"'],
    ['293y', 'duration out of range'],
    ['292y52w', 'duration out of range'],
  ])('refuses %j', ([text, message]) => {
    expect(() => parseDuration(text)).toThrow(message);
  });
});

describe('formatDuration()', () => {
  test.for<[number, string]>([
    [0, '0s'],
    [0.9, '0s'],
    [1, '1ms'],
    [90_000, '1m30s'],
    [-5_400_000, '-1h30m'],
    [90 * DAY_MS, '90d'],
    [14 * DAY_MS, '2w'],
    [365 * DAY_MS, '1y'],
    [366 * DAY_MS, '366d'],
  ])('prints %d', ([durationMs, text]) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test('is the inverse of parseDuration()', () => {
    const durations = fc.integer({ min: 0, max: 2 ** 42 });
    fc.assert(fc.property(durations, (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
