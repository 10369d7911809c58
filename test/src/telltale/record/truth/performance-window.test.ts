import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type LabelledPrediction,
  PerformanceWindow,
  verdictOf,
} from '../../../../../src/telltale/src/record/truth/performance-window.ts';

const of = (outcome: string, actual: string, confidence?: number): LabelledPrediction => ({
  outcome,
  actual,
  ...(confidence === undefined ? {} : { confidence }),
});

describe('verdictOf()', () => {
  test.for([
    ['bad', 'bad', undefined, 'correct'],
    ['bad', 'ok', undefined, 'incorrect'],
    ['bad', 'bad', 'bad', 'true_positive'],
    ['bad', 'ok', 'bad', 'false_positive'],
    ['ok', 'ok', 'bad', 'true_negative'],
    ['ok', 'bad', 'bad', 'false_negative'],
    ['ok', 'other', 'bad', 'true_negative'],
  ] as const)('predicted %s, was %s, positive %s: %s', ([outcome, actual, positive, verdict]) => {
    expect(verdictOf(of(outcome, actual), positive)).toBe(verdict);
  });
});

describe('PerformanceWindow', () => {
  test('an empty window has no rates', () => {
    expect(new PerformanceWindow({ capacity: 5, positive: 'bad' }).performance()).toEqual({
      sampleCount: 0,
      falsePositives: 0,
      confusion: {},
    });
  });

  test('binary rates, confusion matrix and calibration of eight predictions', () => {
    const window = new PerformanceWindow({ capacity: 100, positive: 'bad' });
    for (const labelled of [
      of('bad', 'bad', 0.95),
      of('bad', 'bad', 0.95),
      of('bad', 'ok', 0.95),
      of('bad', 'ok', 0.55),
      of('ok', 'ok', 0.85),
      of('ok', 'ok', 0.85),
      of('ok', 'ok', 0.85),
      of('ok', 'bad', 0.55),
    ]) {
      window.add(labelled);
    }
    const { calibrationError, ...rates } = window.performance();
    expect(rates).toEqual({
      sampleCount: 8,
      accuracy: 5 / 8,
      falsePositives: 2,
      precision: 2 / 4,
      recall: 2 / 3,
      f1: 4 / 7,
      falsePositiveRate: 2 / 5,
      confusion: { bad: { bad: 2, ok: 2 }, ok: { ok: 3, bad: 1 } },
    });
    // Bins: 0.95 three times, two right; 0.85 three times, all right; 0.55 twice, none right.
    const expected = (Math.abs(2.85 - 2) + Math.abs(2.55 - 3) + Math.abs(1.1 - 0)) / 8;
    expect(calibrationError).toBeCloseTo(expected, 12);
  });

  test('the oldest labels leave, and a late correction of them changes nothing', () => {
    const window = new PerformanceWindow({ capacity: 2 });
    const first = window.add(of('a', 'b'));
    window.add(of('a', 'a'));
    const third = window.add(of('a', 'a'));
    window.correct(first, 'c');
    expect(window.performance()).toEqual({
      sampleCount: 2,
      accuracy: 1,
      confusion: { a: { a: 2 } },
    });
    window.correct(third, 'b');
    expect(window.performance()).toEqual({
      sampleCount: 2,
      accuracy: 0.5,
      confusion: { a: { a: 1, b: 1 } },
    });
  });

  test('outcomes of users cannot grow the confusion matrix or reach a prototype', () => {
    const window = new PerformanceWindow({ capacity: 5000 });
    window.add(of('__proto__', 'constructor'));
    for (let index = 0; index < 2000; index += 1) window.add(of(`o${index}`, `a${index}`));
    const { confusion } = window.performance();
    expect(Object.keys(confusion).length).toBe(51);
    expect(confusion['__proto__']).toEqual({ constructor: 1 });
    expect(Object.keys(confusion['_OTHER'] ?? {}).length).toBe(51);
  });

  test('rates stay between 0 and 1 whatever comes', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const labelled = fc.record({
      outcome: label,
      actual: label,
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(labelled, { minLength: 1, maxLength: 50 }), (rows) => {
        const window = new PerformanceWindow({ capacity: 20, positive: 'a' });
        for (const row of rows) window.add(row);
        const { accuracy, precision, recall, f1, falsePositiveRate, calibrationError } =
          window.performance();
        return [accuracy, precision, recall, f1, falsePositiveRate, calibrationError].every(
          (rate) => rate === undefined || (rate >= 0 && rate <= 1),
        );
      }),
    );
  });
});
