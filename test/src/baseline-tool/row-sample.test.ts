import { describe, expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';

import { NewestRows, RandomRows } from '../../../src/baseline-tool/src/table/row-sample.ts';

const numbered = (count: number): string[][] =>
  Array.from({ length: count }, (_, row) => [String(row)]);

describe('NewestRows', () => {
  test.for([
    { rows: 0, kept: [] },
    { rows: 2, kept: ['0', '1'] },
    { rows: 3, kept: ['0', '1', '2'] },
    { rows: 8, kept: ['5', '6', '7'] },
  ])('of $rows rows', ({ rows, kept }) => {
    const sample = new NewestRows(3);
    for (const row of numbered(rows)) sample.add(row);
    expect(sample.rows().map(([cell]) => cell)).toEqual(kept);
  });
});

describe('RandomRows', () => {
  test('keeps all of a few', () => {
    const sample = new RandomRows(5, new SeededRandom(1));
    for (const row of numbered(4)) sample.add(row);
    expect(sample.rows()).toEqual(numbered(4));
  });

  test('takes every row as often as any other', () => {
    const random = new SeededRandom(1);
    const taken = Array.from({ length: 20 }, () => 0);
    for (let run = 0; run < 4000; run += 1) {
      const sample = new RandomRows(5, random);
      for (const row of numbered(20)) sample.add(row);
      for (const [cell] of sample.rows()) taken[Number(cell)] = (taken[Number(cell)] ?? 0) + 1;
    }
    // 1000 of 4000 are expected, give or take 27.
    expect(Math.min(...taken)).toBeGreaterThan(870);
    expect(Math.max(...taken)).toBeLessThan(1130);
  });
});
