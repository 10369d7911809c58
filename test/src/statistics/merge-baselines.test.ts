import { describe, expect, test } from 'vitest';

import {
  type Baseline,
  baselineOfHistogram,
  exponentialHistogramOf,
  ksNumerator,
  mergeBaselines,
  parseBaseline,
  SeededRandom,
  standardNormal,
} from '@telltale/statistics';

import {
  baselineOf,
  fileOf,
  SCORE,
  sha256,
  uniform,
} from '../../support/collector/baseline-files.ts';

const merge = (parts: readonly Baseline[], seed = 9) =>
  mergeBaselines(parts, { key: SCORE, createdMs: 1.8e12, random: new SeededRandom(seed) });

describe('mergeBaselines()', () => {
  const parts = [1, 2, 3].map((seed) => baselineOf(uniform(800, seed), { nulls: 40, seed }));

  test('makes one baseline of all samples, with the worst dependence of them', () => {
    const [first, ...rest] = parts;
    if (first === undefined) throw new Error('No baseline');
    const dependent = { ...first, thin: 3, designEffect: 2.5 };
    const merged = merge([dependent, ...rest]);
    if (!merged.ok) throw new Error(merged.reason);
    const { baseline } = merged;
    expect({
      source: baseline.source,
      quality: baseline.quality,
      size: baseline.size,
      thin: baseline.thin,
      designEffect: baseline.designEffect,
      sample: baseline.sample.length,
      missing: [baseline.missing.records, baseline.missing.nulls],
      ranks: baseline.ranks.weights.reduce((sum, weight) => sum + weight, 0),
    }).toEqual({
      source: 'fleet',
      quality: 'ok',
      size: 2400,
      thin: 3,
      designEffect: 2.5,
      sample: 1000,
      missing: [2520, 120],
      ranks: 2401,
    });
    const all = Float64Array.from(parts.flatMap(({ sample }) => [...sample])).sort();
    expect(ksNumerator(baseline.sample, all) / (1000 * 2400)).toBeLessThan(0.002);
  });

  test('is the same for the same samples and seed, and its file can be read', () => {
    const [a, b] = [merge(parts), merge(parts)];
    expect(a).toEqual(b);
    expect(a.ok && parseBaseline(fileOf(a.baseline), sha256).ok).toBe(true);
  });

  test('counts categories by name, and those without one together', () => {
    const categories = (seed: number) =>
      uniform(600, seed).map((x) => {
        if (x >= 0.98) return `rare ${x}`;
        return x < 0.5 ? 'card' : 'cash';
      });
    const merged = merge(
      [1, 2].map((seed) => baselineOf(categories(seed), { kind: 'categorical', seed })),
    );
    if (!merged.ok) throw new Error(merged.reason);
    const { known, categoryCounts, size } = merged.baseline;
    expect(known).toEqual({ kind: 'categories', names: ['card', 'cash'] });
    expect(categoryCounts.reduce((sum, count) => sum + count, 0)).toBe(size);
    expect(categoryCounts[2]).toBeGreaterThan(5);
  });

  test.for([
    ['nothing_to_merge', []],
    ['instances_differ', [...parts, baselineOf(uniform(800, 4, (x) => x * 1.3))]],
    ['too_few', [baselineOf(uniform(120, 4))]],
    ['mostly_missing', [baselineOf(uniform(400, 4), { nulls: 500 })]],
    ['kinds_differ', [parts[0] as Baseline, baselineOf(uniform(400, 4), { kind: 'numeric' })]],
    ['no_sample', [{ ...(parts[0] as Baseline), sample: new Float64Array(0) }]],
  ] as const)('refuses: %s', ([reason, list]) => {
    expect(merge(list)).toEqual({ ok: false, reason });
  });

  test('takes many clean instances nearly always', () => {
    const results = Array.from({ length: 30 }, (_, run) =>
      merge([1, 2, 3, 4, 5].map((seed) => baselineOf(uniform(300, 100 * run + seed)))),
    );
    expect(results.filter(({ ok }) => ok).length).toBe(30);
  });
});

describe('baselineOfHistogram()', () => {
  const random = new SeededRandom(2);
  const values = Array.from({ length: 12_000 }, () => standardNormal(random));
  const options = { key: SCORE, createdMs: 0, kind: 'numeric' } as const;

  test('is approximate, and near the values behind the histogram', () => {
    const baseline = baselineOfHistogram(exponentialHistogramOf(values), { ...options, random });
    const sorted = Float64Array.from(values).sort();
    if (baseline === undefined) throw new Error('No baseline');
    expect([baseline.quality, baseline.source, baseline.size]).toEqual([
      'approximate',
      'fleet',
      10_000,
    ]);
    expect(ksNumerator(baseline.sample, sorted) / (1000 * 12_000)).toBeLessThan(0.01);
    expect(parseBaseline(fileOf(baseline), sha256).ok).toBe(true);
  });

  test('is not made of few values', () => {
    const few = exponentialHistogramOf(values.slice(0, 9999));
    expect(baselineOfHistogram(few, { ...options, random })).toBeUndefined();
  });
});
