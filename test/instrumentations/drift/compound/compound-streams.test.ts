import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import {
  type CompoundKind,
  DriftMonitor,
  type DriftOptions,
} from '@telltale/instrumentation-drift';

import { EmbeddingParts } from '../../../../instrumentations/drift/src/compound/embedding-parts.ts';
import { ProbabilityParts } from '../../../../instrumentations/drift/src/compound/probability-parts.ts';
import { TextParts } from '../../../../instrumentations/drift/src/compound/text-parts.ts';

const KEY = { model: 'search', version: '1', name: 'x', direction: 'input' } as const;

describe('TextParts', () => {
  const SUFFIXES = ['length', 'letters', 'digits', 'whitespace', 'other', 'tokens'];

  test.for<readonly [unknown, readonly (number | undefined)[]]>([
    ['ab 12!?', [7, 2 / 7, 2 / 7, 1 / 7, 2 / 7, undefined]],
    [{ text: 'héé', tokens: 4 }, [3, 1, 0, 0, 0, 4]],
    ['日本 ٣', [4, 0.5, 0.25, 0.25, 0, undefined]],
    ['😀😀', [2, 0, 0, 0, 1, undefined]],
    ['\ud800', [1, 0, 0, 0, 1, undefined]],
    ['', [0, undefined, undefined, undefined, undefined, undefined]],
    [{ text: 'a', tokens: 'four' }, [1, 1, 0, 0, 0, Number.NaN]],
  ])('%j', ([value, values]) => {
    const parts = new TextParts();
    expect(parts.split(value)).toBeUndefined();
    expect(parts.parts.map(({ suffix }) => suffix)).toEqual(SUFFIXES);
    expect(parts.values).toEqual(values);
  });

  test('of a long text the start is looked at, and its length still told', () => {
    const parts = new TextParts();
    parts.split('a1'.repeat(500_000));
    expect(parts.values.slice(0, 3)).toEqual([1_000_000, 0.5, 0.5]);
  });

  test.for([12, {}, { text: 5 }, [], true])('%j is no text', (value) => {
    expect(new TextParts().split(value)).toEqual(expect.any(String));
  });

  test('any text has shares that add up to 1', () => {
    const parts = new TextParts();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        parts.split(text);
        const shares = parts.values.slice(1, 5).map(Number);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        expect(parts.values[0]).toBe(Array.from(text).length);
      }),
    );
  });
});

describe('ProbabilityParts', () => {
  test.for<readonly [unknown, readonly number[]]>([
    [
      [0.7, 0.2, 0.1],
      [0.7, 0.5, -0.7 * Math.log(0.7) - 0.2 * Math.log(0.2) - 0.1 * Math.log(0.1), 0],
    ],
    [Float64Array.of(0, 1), [1, 1, 0, 1]],
    [
      [0.5, 0.5],
      [0.5, 0, Math.LN2, 0],
    ],
  ])('%j', ([value, expected]) => {
    const parts = new ProbabilityParts();
    expect(parts.split(value)).toBeUndefined();
    for (const [index, one] of expected.entries()) expect(parts.values[index]).toBeCloseTo(one, 12);
  });

  test.for([
    [[0.5]],
    [[0.5, 0.6]],
    [[1.5, -0.5]],
    [['0.5', 0.5]],
    [0.5],
    [null],
    [[Number.NaN, 1]],
  ])('%j are no probabilities', ([value]) => {
    expect(new ProbabilityParts().split(value)).toEqual(expect.any(String));
  });
});

describe('EmbeddingParts', () => {
  const OPTIONS = { seed: 7, warmup: 0, centroidSize: 2 };

  test('projections keep lengths on average, and depend on the seed alone', () => {
    const random = new SeededRandom(1);
    const one = new EmbeddingParts(OPTIONS);
    const same = new EmbeddingParts(OPTIONS);
    const other = new EmbeddingParts({ ...OPTIONS, seed: 8 });
    let squares = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      const vector = Array.from({ length: 64 }, () => standardNormal(random));
      expect([one.split(vector), same.split(Float64Array.from(vector))]).toEqual([
        undefined,
        undefined,
      ]);
      expect(same.values).toEqual(one.values);
      other.split(vector);
      expect(other.values.slice(0, 8)).not.toEqual(one.values.slice(0, 8));
      squares += one.values.slice(0, 8).reduce<number>((sum, value = 0) => sum + value ** 2, 0) / 8;
    }
    // Each projection has the variance of one dimension.
    expect(squares / rounds).toBeCloseTo(1, 0.7);
  });

  test('norm, and the cosine to the first vectors once they are there', () => {
    const parts = new EmbeddingParts(OPTIONS);
    const values = (vector: readonly number[]) => {
      parts.split(vector);
      return parts.values.slice(8);
    };
    expect(values([3, 4])).toEqual([5, undefined]);
    expect(values([3, -4])).toEqual([5, undefined]);
    expect(values([2, 0])).toEqual([2, 1]);
    expect(values([0, 2])).toEqual([2, 0]);
    expect(values([-1, 0])).toEqual([1, -1]);
    expect(values([0, 0])).toEqual([0, undefined]);
  });

  test.for<readonly [string, unknown]>([
    ['another width', [1, 2, 3]],
    ['NaN inside', [1, Number.NaN]],
    ['infinity inside', [1, Number.POSITIVE_INFINITY]],
    ['text inside', [1, '2']],
    ['bigints', BigInt64Array.of(1n, 2n)],
    ['nothing inside', []],
    ['too many', new Float32Array(10_000)],
    ['a buffer', new DataView(new ArrayBuffer(16))],
    ['a number', 5],
  ])('%s cannot be taken apart', ([, value]) => {
    const parts = new EmbeddingParts(OPTIONS);
    parts.split([1, 2]);
    expect(parts.split(value)).toEqual(expect.any(String));
  });
});

describe('compound streams of a monitor', () => {
  function watching(kind: CompoundKind, options: Partial<DriftOptions> = {}) {
    const monitor = new DriftMonitor({
      falseAlarmEvery: 1e4,
      thinning: 1,
      now: () => 0,
      ...options,
    });
    const random = new SeededRandom(21);
    return { monitor, random, stream: monitor.stream(KEY, kind) };
  }
  const vector = (random: SeededRandom, shift = 0): Float32Array =>
    Float32Array.from(
      { length: 16 },
      (_, index) => standardNormal(random) + 1 + (index < 8 ? shift : 0),
    );

  test('an embedding that moves is found, and the whole has its evidence', () => {
    const { monitor, random, stream } = watching('embedding');
    for (let index = 0; index < 4000; index += 1) stream.observe(vector(random));
    const [clean] = monitor.compounds();
    expect(clean).toMatchObject({ stream: { ...KEY, kind: 'embedding' } });
    expect(clean?.parts).toHaveLength(10);
    expect(clean?.evidence).toBeLessThan(clean?.threshold ?? 0);
    expect(monitor.find({ ...KEY, name: 'x.cosine' })?.records).toBe(4000 - 600);
    for (let index = 0; index < 1500; index += 1) stream.observe(vector(random, 1.5));
    const [moved] = monitor.compounds();
    expect(moved?.evidence).toBeGreaterThan(moved?.threshold ?? 0);
    expect(moved?.state).toBe('alert');
    expect(monitor.failures).toBe(0);
  });

  test('missing and invalid values reach every part', () => {
    const { monitor, stream } = watching('probabilities');
    stream.observe(null);
    stream.observe('text');
    stream.observe([0.5, 0.5]);
    const counts = [...monitor.streams()].map(({ counts: { ok, null: none, invalid } }) => [
      ok,
      none,
      invalid,
    ]);
    expect(counts).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  test('a text is not kept anywhere', () => {
    const { monitor, stream } = watching('text');
    for (let index = 0; index < 3000; index += 1) stream.observe(`secret ${index % 97}`);
    expect(JSON.stringify([monitor.snapshot(), monitor.status()])).not.toContain('secret');
  });

  test.for<readonly [CompoundKind, number]>([
    ['embedding', 300],
    ['embedding', 1500],
    ['text', 1500],
    ['probabilities', 1500],
  ])('%s after %i values: a restored monitor goes on bit by bit', ([kind, warm]) => {
    const { monitor, random, stream } = watching(kind);
    const draw = (): unknown => {
      if (kind === 'embedding') return vector(random);
      const p = random.next();
      return kind === 'text' ? 'word '.repeat(1 + Math.floor(p * 20)) : [p, 1 - p];
    };
    for (let index = 0; index < warm; index += 1) stream.observe(draw());
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    const other = copy.stream(KEY, kind);
    for (let index = 0; index < 1500; index += 1) {
      const value = draw();
      stream.observe(value);
      other.observe(value);
    }
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    expect(copy.compounds()).toEqual(monitor.compounds());
  });

  test('a damaged snapshot changes nothing', () => {
    const { monitor, random, stream } = watching('embedding');
    for (let index = 0; index < 300; index += 1) stream.observe(vector(random));
    const before = monitor.snapshot();
    const damaged = { ...before, compounds: [{ key: KEY, kind: 'embedding', state: { seen: 1 } }] };
    expect(monitor.restore(damaged)).toBe(false);
    expect(monitor.snapshot()).toEqual(before);
  });

  test('any junk is counted and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CompoundKind>('embedding', 'text', 'probabilities'),
        fc.array(fc.anything({ withTypedArray: true, withBigInt: true }), { maxLength: 60 }),
        (kind, values) => {
          const { monitor, stream } = watching(kind, { baseline: { size: 20, warmup: 0 } });
          for (const value of values) stream.observe(value);
          return monitor.failures === 0;
        },
      ),
    );
  });
});
