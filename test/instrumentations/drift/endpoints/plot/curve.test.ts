import { expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, plotStream } from '@telltale/instrumentation-drift';

import { plotCurve } from '../../../../../instrumentations/drift/src/endpoints/plot/curve.ts';
import { plotSummary } from '../../../../../instrumentations/drift/src/endpoints/plot/summary.ts';

const KEY = { model: 'm', version: '1', name: 'x', direction: 'input' } as const;

function shifted(value: (random: SeededRandom, index: number) => unknown) {
  const random = new SeededRandom(2);
  const monitor = new DriftMonitor();
  const stream = monitor.stream(KEY, 'numeric');
  for (let index = 0; index < 1100; index += 1) stream.observe(standardNormal(random));
  for (let index = 0; index < 1000; index += 1) stream.observe(value(random, index));
  const [found] = monitor.streams();
  if (found?.comparison === undefined) throw new TypeError('Cannot learn a baseline');
  return { stream: found, comparison: found.comparison };
}

test('the marked gap is the distance that the state is decided by', () => {
  const { comparison } = shifted((random) => standardNormal(random) + 1);
  const curve = plotCurve(comparison);
  expect(curve?.gap.distance).toBeCloseTo(comparison.value.effect.distance, 12);
  // Two normal laws one apart differ most half way.
  expect(Math.abs((curve?.gap.value ?? 0) - 0.5)).toBeLessThan(0.3);
  for (const shares of [curve?.baseline ?? [], curve?.window ?? []]) {
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.99);
  }
});

test('one value far out does not squeeze all others into a line', () => {
  const { comparison } = shifted((random, index) => (index === 7 ? 1e12 : standardNormal(random)));
  const { values = [] } = plotCurve(comparison) ?? {};
  expect(Math.max(...values.map(Math.abs))).toBeLessThan(20);
  expect(values.length).toBeGreaterThan(100);
});

test('the words above it tell the shares up to the gap, and new categories by name', () => {
  const { stream, comparison } = shifted((random) => standardNormal(random) + 1);
  expect(plotSummary(stream, plotCurve(comparison)).at(-1)).toMatch(
    /^largest gap 0\.\d{3} at \S+: \d\d\.\d % of the baseline lie up to there, \d\d\.\d % of the window$/u,
  );
  const kinds = new DriftMonitor({ baseline: { size: 300, warmup: 0 } });
  const kind = kinds.stream(KEY, 'categorical');
  const random = new SeededRandom(3);
  for (let index = 0; index < 300; index += 1) kind.observe(random.next() < 0.5 ? 'a' : 'b');
  for (let index = 0; index < 200; index += 1) kind.observe(`new ${'x'.repeat(40)}`);
  const [found] = kinds.streams();
  if (found === undefined) throw new TypeError('Cannot find the stream');
  expect(plotSummary(found, undefined).at(-1)).toBe(`new: new ${'x'.repeat(19)}…`);
});

test('an incident of missing values is seen in the picture', () => {
  const { stream } = shifted((random, index) => (index % 3 === 0 ? null : standardNormal(random)));
  const svg = plotStream(stream);
  expect(svg).toMatch(/>missing alert {4}effect 0\.33\d/u);
  expect(svg).toContain('<title>33.40 %</title>');
});
