import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import {
  estimateLoss,
  estimatePerformance,
  fitCalibration,
  fitLoss,
  isotonicValue,
  SeededRandom,
  shuffled,
} from '@telltale/statistics';

import { DecisionThreshold } from '../../src/telltale/src/record/truth/decision-threshold.ts';
import { PerformanceWindow } from '../../src/telltale/src/record/truth/performance-window.ts';
import { RegressionWindow } from '../../src/telltale/src/record/truth/regression-window.ts';

/** A score in hundredths, what was predicted, what was true, and how often that was so. */
type Counted = readonly [score: number, predicted: 0 | 1, actual: 0 | 1, count: number];
type Rates = Readonly<Record<'accuracy' | 'precision' | 'recall' | 'f1', number>>;

interface Golden {
  readonly carLoan: {
    readonly threshold: number;
    readonly reference: readonly Counted[];
    readonly chunks: readonly {
      readonly rows: readonly Counted[];
      readonly estimated: Rates;
      readonly realised: Rates;
    }[];
  };
  readonly carPrice: {
    readonly reference: readonly (readonly [predicted: number, actual: number])[];
    readonly analysis: Readonly<
      Record<
        'first' | 'last',
        {
          readonly rows: readonly (readonly [predicted: number, actual: number])[];
          readonly realised: Readonly<Record<string, number>>;
          readonly estimated: Readonly<Record<'mae' | 'rmse', number>>;
        }
      >
    >;
  };
}

const GOLDEN = JSON.parse(
  readFileSync(new URL('../golden/performance/nannyml.json', import.meta.url), 'utf8'),
) as Golden;

/** Recall and precision may differ by so much. */
const TOLERANCE = 0.005;

interface Row {
  readonly score: number;
  readonly predicted: 0 | 1;
  readonly actual: 0 | 1;
}

const rowsOf = (counted: readonly Counted[]): readonly Row[] =>
  counted.flatMap(([hundredths, predicted, actual, count]) =>
    Array.from({ length: count }, () => ({ score: hundredths / 100, predicted, actual })),
  );

function thresholdOf(rows: readonly Row[]): number | undefined {
  const threshold = new DecisionThreshold();
  for (const { score, predicted } of shuffled(rows, new SeededRandom(3))) {
    threshold.add(score, predicted === 1);
  }
  return threshold.value();
}

describe("NannyML's car loans, which are decided at 0.65", () => {
  const { threshold, reference, chunks } = GOLDEN.carLoan;
  const known = rowsOf(reference);
  const knots = fitCalibration(
    known.map(({ score }) => score),
    known.map(({ actual }) => actual),
    new SeededRandom(1),
  )?.knots;

  test.for(chunks.map((chunk, index) => [index, chunk] as const))(
    'chunk %i is estimated as NannyML estimates it',
    ([, { rows, estimated }]) => {
      const decided = rowsOf(rows);
      const learned = thresholdOf(decided) ?? Number.NaN;
      // The data set has its scores in hundredths, so rows of the threshold stand on both sides.
      expect(Math.abs(learned - threshold)).toBeLessThan(0.011);
      const scores = decided.map(({ score }) => score);
      const calibrated =
        knots === undefined ? scores : scores.map((score) => isotonicValue(knots, score));
      const ours = estimatePerformance(calibrated, learned, scores);
      for (const metric of ['accuracy', 'precision', 'recall', 'f1'] as const) {
        expect(Math.abs((ours?.[metric] ?? Number.NaN) - estimated[metric])).toBeLessThan(
          TOLERANCE,
        );
      }
      // At one half, recall is another thing.
      const atHalf = estimatePerformance(calibrated, 0.5, scores);
      expect(Math.abs((atHalf?.recall ?? 0) - estimated.recall)).toBeGreaterThan(TOLERANCE);
    },
  );

  test.for(chunks.map((chunk, index) => [index, chunk] as const))(
    'chunk %i has the rates of scikit-learn, to the last digits',
    ([, { rows, realised }]) => {
      const window = new PerformanceWindow({ capacity: 5_000, positive: '1' });
      for (const { score, predicted, actual } of rowsOf(rows)) {
        const confidence = predicted === 1 ? score : 1 - score;
        window.add({ outcome: String(predicted), actual: String(actual), confidence });
      }
      const { accuracy, precision, recall, f1 } = window.performance();
      expect({ accuracy, precision, recall, f1 }).toEqual({
        accuracy: expect.closeTo(realised.accuracy, 14),
        precision: expect.closeTo(realised.precision, 14),
        recall: expect.closeTo(realised.recall, 14),
        f1: expect.closeTo(realised.f1, 14),
      });
    },
  );
});

describe("NannyML's car prices", () => {
  test.for(['first', 'last'] as const)('the %s rows have the errors of scikit-learn', (part) => {
    const { rows, realised } = GOLDEN.carPrice.analysis[part];
    const window = new RegressionWindow(rows.length);
    for (const [predicted, actual] of rows) window.add(predicted, actual);
    const { sampleCount, ...errors } = window.performance();
    expect(sampleCount).toBe(rows.length);
    for (const [name, value] of Object.entries(errors)) {
      expect(value / (realised[name] ?? Number.NaN)).toBeCloseTo(1, 12);
    }
    expect(Object.keys(errors).toSorted()).toEqual(Object.keys(realised).toSorted());
  });

  // NannyML looks at the features too, ours at the predicted value alone: where the features have
  // drifted ("last") it is further off.
  test.for([
    ['first', 0.03],
    ['last', 0.15],
  ] as const)(
    'the errors of the %s rows are estimated without targets',
    ([part, toleranceShare]) => {
      const { reference, analysis } = GOLDEN.carPrice;
      const { rows, realised, estimated } = analysis[part];
      const knots = fitLoss(
        reference.map(([predicted]) => predicted),
        reference.map(([, actual]) => actual),
      );
      const ours = estimateLoss(
        rows.map(([predicted]) => predicted),
        knots ?? [],
      );
      const share = (value: number, of: number): number => Math.abs(value / of - 1);
      const { meanAbsoluteError = Number.NaN, rootMeanSquaredError = Number.NaN } = ours ?? {};
      expect(share(meanAbsoluteError, estimated.mae)).toBeLessThan(toleranceShare);
      expect(share(rootMeanSquaredError, estimated.rmse)).toBeLessThan(toleranceShare);
      expect(share(meanAbsoluteError, realised['meanAbsoluteError'] ?? 0)).toBeLessThan(
        toleranceShare,
      );
    },
  );
});
