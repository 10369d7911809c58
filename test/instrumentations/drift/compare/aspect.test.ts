import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DRIFT_DEFAULTS, DriftMonitor } from '@telltale/instrumentation-drift';

import { Aspect } from '../../../../instrumentations/drift/src/compare/aspect.ts';
import { NumberWindow } from '../../../../instrumentations/drift/src/compare/effect/window.ts';
import type { Evidence } from '../../../../instrumentations/drift/src/compare/evidence/evidence.ts';

const random = new SeededRandom(1);
const monitor = new DriftMonitor({ thinning: 1 });
const stream = monitor.stream(
  { model: 'm', version: '1', name: 's', direction: 'input' },
  'numeric',
);
for (let index = 0; index < 1200; index += 1) stream.observe(standardNormal(random));
const baseline = [...monitor.streams()][0]?.comparison?.baseline;

const OPTIONS = { ...DRIFT_DEFAULTS, window: 200, driftThreshold: 0.05 };

/** Evidence that is what a test says. */
const fixedEvidence = (value: number): Evidence => ({
  value,
  current: undefined,
  records: 0,
  referenceSize: 0,
  isFrozen: false,
  isLearning: true,
  changePointAgo: () => undefined,
  rearm: () => undefined,
  snapshot: () => ({}),
});

function aspectOver(isLazy: boolean, evidence: number) {
  if (baseline === undefined) throw new Error('no baseline was learned');
  const window = new NumberWindow(baseline, OPTIONS.window);
  let passes = 0;
  const counted = {
    get length() {
      return window.length;
    },
    capacity: OPTIONS.window,
    hasFixedFloor: isLazy,
    effect: () => {
      passes += 1;
      return window.effect();
    },
    snapshot: () => window.snapshot(),
  };
  const aspect = new Aspect({
    aspect: 'value',
    evidence: fixedEvidence(evidence),
    window: counted,
    options: OPTIONS,
    isCapped: false,
    nowMs: 0,
  });
  return { aspect, window, passes: () => passes };
}

describe('Aspect', () => {
  test('a pass over the window that cannot matter is left out, and no verdict changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.6, max: 0.6, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0, 100),
        fc.integer(),
        (shifts, evidence, seed) => {
          const draws = new SeededRandom(seed);
          const lazy = aspectOver(true, evidence);
          const eager = aspectOver(false, evidence);
          const states: (readonly string[])[] = [];
          for (const shift of shifts) {
            for (let record = 1; record <= 120; record += 1) {
              const value = standardNormal(draws) + shift;
              lazy.window.observe(value);
              eager.window.observe(value);
              if (record % 4 !== 0) continue;
              const occasion = { records: 4, total: record, thin: 1, threshold: 50, nowMs: 0 };
              states.push([lazy, eager].map(({ aspect }) => aspect.evaluate(occasion).step.to));
            }
          }
          return states.every(([one, other]) => one === other);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('an unchanged stream is passed over seldom', () => {
    const { aspect, window, passes } = aspectOver(true, 0);
    for (let record = 1; record <= 4000; record += 1) {
      window.observe(standardNormal(random));
      const occasion = { records: 4, total: record, thin: 1, threshold: 50, nowMs: 0 };
      if (record % 4 === 0) aspect.evaluate(occasion);
    }
    expect(passes()).toBeLessThan(500);
  });
});
