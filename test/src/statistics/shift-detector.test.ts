import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, ShiftDetector, standardNormal } from '@telltale/statistics';

/** Evidence that the short profile needs by default. */
const THRESHOLD = 900;
const EFFECT = 0.5;

/** Places at which a series alarms; after each a new stretch begins. */
function alarmsOf(values: readonly number[]): readonly number[] {
  const detector = new ShiftDetector(EFFECT);
  return values.flatMap((value, index) => {
    detector.observe(value, false);
    const { evidence, effect } = detector.shift;
    if (evidence < THRESHOLD || effect < EFFECT) return [];
    detector.restart();
    return [index];
  });
}

/** An autoregressive series of deviation 1. */
function noise(memory: number, length: number, random: SeededRandom): number[] {
  let value = standardNormal(random);
  return Array.from({ length }, () => {
    value = memory * value + Math.sqrt(1 - memory * memory) * standardNormal(random);
    return value;
  });
}

describe('ShiftDetector', () => {
  test.each([0, 0.3, 0.5, 0.8])(
    'unchanged values of memory %d alarm less than once in 300',
    (memory) => {
      const values = noise(memory, 20_000, new SeededRandom(4));
      expect(values.length / alarmsOf(values).length).toBeGreaterThan(300);
    },
  );

  test.each([0, 0.4])('a step of 4 deviations is found within a window, by memory %d', (memory) => {
    let found = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      const values = noise(memory, 80, new SeededRandom(seed)).map((value, index) =>
        index < 50 ? value : value + 4,
      );
      if (alarmsOf(values).some((place) => place >= 50 && place < 66)) found += 1;
    }
    expect(found).toBeGreaterThan(45);
  });

  test('a price that wanders alarms less often the longer it is known', () => {
    const alarms = [0, 0];
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = new SeededRandom(seed);
      let price = 0;
      const values = Array.from({ length: 600 }, () => (price += standardNormal(random)));
      for (const place of alarmsOf(values)) {
        const half = place < 300 ? 0 : 1;
        alarms[half] = (alarms[half] ?? 0) + 1;
      }
    }
    const [first = 0, second = 0] = alarms;
    expect(second).toBeLessThan(0.8 * first);
  });

  test('says nothing before it knows twelve values', () => {
    const detector = new ShiftDetector(EFFECT);
    for (const value of [1, 2, 1, 2, 1, 2, 1, 2, 900, 900, 900]) {
      detector.observe(value, false);
      expect(detector.shift).toEqual({ evidence: 0, effect: 0, length: 0 });
    }
    detector.observe(900, false);
    expect(detector.shift.length).toBe(4);
    expect(detector.shift.evidence).toBeGreaterThan(THRESHOLD);
    expect(detector.shift.effect).toBeCloseTo(1, 6);
  });

  test('while it is shifted the values before stay what they were', () => {
    const detector = new ShiftDetector(EFFECT);
    const random = new SeededRandom(9);
    for (const value of noise(0, 40, random)) detector.observe(value, false);
    for (let index = 0; index < 6; index += 1) detector.observe(9, false);
    for (const value of noise(0, 200, random)) detector.observe(9 + value, true);
    expect(detector.shift.effect).toBeGreaterThan(0.99);
    for (const value of noise(0, 16, random)) detector.observe(value, true);
    expect(detector.shift.effect).toBeLessThan(EFFECT);
  });

  test('goes on where a snapshot was taken, whatever came before', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, fc.constantFrom('take', 'shifted', 'restart')), {
          maxLength: 120,
        }),
        fc.array(number, { minLength: 1, maxLength: 20 }),
        (steps, more) => {
          const detector = new ShiftDetector(EFFECT);
          for (const [value, step] of steps) {
            if (step === 'restart') detector.restart(4);
            else detector.observe(value, step === 'shifted');
            const { evidence, effect } = detector.shift;
            expect(Number.isFinite(evidence) && evidence >= 0).toBe(true);
            expect(effect >= 0 && effect <= 1).toBe(true);
          }
          const state = JSON.parse(JSON.stringify(detector.snapshot())) as ReturnType<
            ShiftDetector['snapshot']
          >;
          const again = new ShiftDetector(EFFECT, state);
          for (const value of more) {
            detector.observe(value, false);
            again.observe(value, false);
          }
          expect(again.shift).toEqual(detector.shift);
        },
      ),
    );
  });
});
