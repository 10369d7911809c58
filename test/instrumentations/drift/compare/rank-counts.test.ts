import { expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor } from '@telltale/instrumentation-drift';

const KEY = { model: 'm', version: '1', name: 's', direction: 'output' } as const;
const WINDOW = 1000;

/** Kinds of values, with and without ties. */
const DRAWS: Readonly<Record<string, (random: SeededRandom) => number>> = {
  continuous: standardNormal,
  'ten values': (random) => Math.floor(10 * random.next()),
  '30 % zeros': (random) => (random.next() < 0.3 ? 0 : standardNormal(random)),
  rounded: (random) => Math.round(40 * standardNormal(random)) / 40,
  'two values': (random) => (random.next() < 0.5 ? 0 : 1),
};

test.for(
  Object.keys(DRAWS).flatMap((name) => [
    { name, size: 1000 },
    // More values than the sample of a baseline keeps.
    { name, size: 2500 },
  ]),
)('$name, baseline of $size: the window has the ranks that were counted', ({ name, size }) => {
  const random = new SeededRandom(5);
  const draw = DRAWS[name] ?? standardNormal;
  const monitor = new DriftMonitor({ window: WINDOW, baseline: { size, warmup: 0 } });
  const stream = monitor.stream(KEY, 'numeric');
  for (let index = 0; index < size + 3 * WINDOW; index += 1) stream.observe(draw(random));
  const comparison = monitor.find(KEY)?.comparison;
  const before = [...(comparison?.ranks.totals ?? [])];
  expect(before.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(WINDOW);
  for (let index = 0; index < WINDOW; index += 1) stream.observe(draw(random));
  const counted = comparison?.ranks.totals.map((total, bucket) => total - (before[bucket] ?? 0));
  expect([...(comparison?.value.window.rankCounts() ?? [])]).toEqual(counted);
});
