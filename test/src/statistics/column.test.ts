import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  buildBaseline,
  collectColumn,
  collectPercentiles,
  columnKind,
  homogeneousBlock,
  numberOfCell,
  SeededRandom,
  standardNormal,
} from '@telltale/statistics';

describe('numberOfCell()', () => {
  test.for<readonly [string, number | undefined]>([
    ['1', 1],
    [' 2.5 ', 2.5],
    ['-1e-3', -0.001],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', 0],
    ['', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1e999', undefined],
    ['0x10', undefined],
    ['1,5', undefined],
    ['1 2', undefined],
  ])('"%s" is %s', ([cell, value]) => {
    expect(numberOfCell(cell)).toBe(value);
  });

  test('reads back every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOfCell(String(value))).toBe(value + 0);
      }),
    );
  });
});

const many = Array.from({ length: 40 }, (_, index) => String(index / 40));

describe('columnKind()', () => {
  test.for<readonly [string, readonly string[], string]>([
    ['many numbers', many, 'numeric'],
    ['numbers and some junk', [...many, 'n/a', '', 'x'], 'numeric'],
    ['more junk than numbers', [...many, ...many.map((cell) => `x${cell}`)], 'categorical'],
    ['few different numbers', [...many, ...many].map((_, row) => String(row % 3)), 'categorical'],
    ['texts', ['a', 'b'], 'categorical'],
    ['nothing', ['', ''], 'categorical'],
  ])('%s', ([, cells, kind]) => {
    expect(columnKind(cells)).toBe(kind);
  });
});

describe('collectColumn()', () => {
  test.for<readonly [Parameters<typeof collectColumn>[1], string[], object]>([
    ['numeric', ['1', '', 'x', ' 2 '], { values: [1, 2], outcomes: [0, 1, 2, 0] }],
    ['score', ['0.5', '1.5', '-0.1', '1'], { values: [0.5, 1], outcomes: [0, 2, 2, 0] }],
    ['confidence', ['2'], { values: [], outcomes: [2] }],
    ['categorical', ['a', ' ', 'b'], { values: ['a', 'b'], outcomes: [0, 1, 0] }],
    ['categorical', ['1.0', '2', ''], { values: ['1', '2'], outcomes: [0, 0, 1] }],
    ['categorical', ['007', '12'], { values: ['007', '12'], outcomes: [0, 0] }],
  ])('%s %j', ([kind, cells, collected]) => {
    expect(collectColumn(cells, kind)).toEqual({ kind, ...collected });
  });
});

describe('collectPercentiles()', () => {
  test('are a shuffled sample whose baseline thins nothing', () => {
    const percentiles = Array.from({ length: 1000 }, (_, k) => (k + 1) / 1000);
    const collected = collectPercentiles(percentiles, 'numeric', new SeededRandom(1));
    expect(collected.values).not.toEqual(percentiles);
    const baseline = buildBaseline(collected, {
      key: { model: 'm', version: '', name: 'x', direction: 'input' },
      source: 'training',
      createdMs: 0,
      thinning: 'auto',
      quality: 'ok',
      random: new SeededRandom(2),
      dependence: { thin: 1, designEffect: 1 },
    });
    expect([...baseline.sample]).toEqual(percentiles);
    expect(baseline).toMatchObject({ thin: 1, designEffect: 1, size: 1000 });
  });

  test('have to ascend', () => {
    expect(() => collectPercentiles([1, 3, 2], 'numeric', new SeededRandom(1))).toThrow(
      'Cannot use percentiles that do not ascend: value 3 is 2 after 3',
    );
  });
});

describe('homogeneousBlock()', () => {
  const stream = (count: number, at: (row: number) => number) => {
    const random = new SeededRandom(4);
    const values = Array.from({ length: count }, (_, row) => at(row) + standardNormal(random));
    return { kind: 'numeric' as const, values, outcomes: values.map(() => 0) };
  };

  test.for([
    { name: 'one distribution', at: () => 0, length: 4000, failure: undefined },
    {
      name: 'a step in the first half',
      at: (row: number) => (row < 1000 ? 3 : 0),
      length: 2000,
      failure: undefined,
    },
    { name: 'a trend', at: (row: number) => row / 400, length: 2000, failure: 'too_few' },
  ])('$name', ({ at, length, failure }) => {
    const found = homogeneousBlock(stream(4000, at), new SeededRandom(1));
    expect({ length: found.block.outcomes.length, failure: found.failure }).toEqual({
      length,
      failure,
    });
  });
});
