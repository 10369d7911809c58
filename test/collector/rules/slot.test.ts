import fc from 'fast-check';
import { expect, test } from 'vitest';

import { slotAt, slotOffsetMs } from '../../../collector/src/rules/slot.ts';

const group = (file: string, name: string, intervalMs = 60_000) => ({ file, name, intervalMs });

test('slotOffsetMs() is the same for the same group and lies inside the interval', () => {
  expect(slotOffsetMs(group('a.yaml', 'g'))).toBe(slotOffsetMs(group('a.yaml', 'g')));
  expect(slotOffsetMs(group('a.yaml', 'g'))).not.toBe(slotOffsetMs(group('a.yaml', 'h')));
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 3_600_000 }), (name, intervalMs) => {
      const offsetMs = slotOffsetMs(group('a.yaml', name, intervalMs));
      return Number.isInteger(offsetMs) && offsetMs >= 0 && offsetMs < intervalMs;
    }),
  );
});

test('slotOffsetMs() spreads groups evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) {
    const tenth = Math.floor(slotOffsetMs(group('rules.yaml', `group-${index}`)) / 6_000);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(Math.min(...tenths)).toBeGreaterThan(900);
  expect(Math.max(...tenths)).toBeLessThan(1_100);
});

// Seen in the timestamps that Prometheus 3.14 records with these groups in this file.
test.for([
  ['g', 7000, 6486],
  ['é group, long name, long name, long name', 3000, 1429],
  ['c', 1000, 663],
] as const)('the slots of "%s" are those of Prometheus', ([name, intervalMs, offsetMs]) => {
  expect(slotOffsetMs(group('/tmp/pg/r.yml', name, intervalMs))).toBe(offsetMs);
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
