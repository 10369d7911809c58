import { describe, expect, test } from 'vitest';

import {
  FEATURES,
  loadDataset,
  parseDataset,
  splitDataset,
  stratifiedFolds,
} from '../../../../examples/phishing/training/dataset.ts';
import { createRandom } from '../../../../examples/phishing/training/random.ts';

const HEADER = [...FEATURES, 'is_phishing'].join(',');

describe('parseDataset()', () => {
  test('reads one row per line', () => {
    expect(parseDataset(`${HEADER}\n0.0,0.5,1.0,0.0,0.5,1.0,0.0,1,0,1\n`)).toEqual([
      { features: [0, 0.5, 1, 0, 0.5, 1, 0, 1, 0], label: 1 },
    ]);
  });

  test.for([
    ['another header', 'a,b\n1,2', /expected the header/u],
    ['a missing cell', `${HEADER}\n1,1,1`, /line 2/u],
    ['a cell that is no number', `${HEADER}\n0,0,0,x,0,0,0,0,0,1`, /line 2/u],
    ['a label other than 0 or 1', `${HEADER}\n0,0,0,0,0,0,0,0,0,2`, /label of 0 or 1/u],
  ] as const)('refuses %s', ([, text, message]) => {
    expect(() => parseDataset(text)).toThrow(message);
  });
});

describe('loadDataset()', () => {
  test('has the published number of rows of each class', () => {
    const rows = loadDataset();
    expect({
      rows: rows.length,
      labelled: rows.filter(({ label }) => label === 1).length,
      values: new Set(rows.flatMap(({ features }) => features)),
    }).toEqual({ rows: 1250, labelled: 548, values: new Set([0, 0.5, 1]) });
  });
});

describe('stratifiedFolds()', () => {
  test('deals every row once, with equal shares of each class', () => {
    const rows = loadDataset();
    const folds = stratifiedFolds(rows, 5, createRandom(7));
    expect(folds.map((fold) => fold.length)).toEqual([250, 250, 250, 250, 250]);
    expect(new Set(folds.flat()).size).toBe(rows.length);
    for (const fold of folds) {
      const labelled = fold.filter(({ label }) => label === 1).length;
      expect(Math.abs(labelled - 548 / 5)).toBeLessThanOrEqual(1);
    }
  });
});

describe('splitDataset()', () => {
  test('holds a fifth out and gives the same split for the same seed', () => {
    const rows = loadDataset();
    const split = splitDataset(rows, 3);
    expect([split.train.length, split.heldOut.length]).toEqual([1000, 250]);
    expect(split.train.filter((row) => split.heldOut.includes(row))).toEqual([]);
    expect(splitDataset(rows, 3)).toEqual(split);
    expect(splitDataset(rows, 4)).not.toEqual(split);
  });
});
