import fc from 'fast-check';
import { expect, test } from 'vitest';

import { missedSlots, slotAt, slotOffsetMs } from '../../../collector/src/rules/slot.ts';

test('slotOffsetMs() is the same for the same group and lies inside the interval', () => {
  expect(slotOffsetMs('a.yaml;g', 60_000)).toBe(slotOffsetMs('a.yaml;g', 60_000));
  expect(slotOffsetMs('a.yaml;g', 60_000)).not.toBe(slotOffsetMs('a.yaml;h', 60_000));
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 3_600_000 }), (key, intervalMs) => {
      const offsetMs = slotOffsetMs(key, intervalMs);
      return Number.isInteger(offsetMs) && offsetMs >= 0 && offsetMs < intervalMs;
    }),
  );
});

test('slotOffsetMs() spreads groups evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) {
    const tenth = Math.floor(slotOffsetMs(`rules.yaml;group-${index}`, 60_000) / 6_000);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(Math.min(...tenths)).toBeGreaterThan(900);
  expect(Math.max(...tenths)).toBeLessThan(1_100);
});

test('slotAt() is the latest slot at or before a time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000_000_000_000 }),
      fc.integer({ min: 1, max: 3_600_000 }),
      fc.nat(),
      (nowMs, intervalMs, seed) => {
        const offsetMs = seed % intervalMs;
        const slotMs = slotAt(nowMs, intervalMs, offsetMs);
        const isAligned = (slotMs - offsetMs) % intervalMs === 0;
        return isAligned && slotMs <= nowMs && nowMs - slotMs < intervalMs;
      },
    ),
  );
});

test.for<[number, number, number]>([
  [0, 60_000, 0],
  [0, 120_000, 1],
  [0, 600_000, 9],
  [60_000, 60_000, 0],
])('missedSlots(%i, %i) is %i', ([previousMs, slotMs, missed]) => {
  expect(missedSlots(previousMs, slotMs, 60_000)).toBe(missed);
});
