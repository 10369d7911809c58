import { expect, test } from 'vitest';

import { sha256 } from '@telltale/instrument';
import {
  buildBaseline,
  fitLoss,
  parseBaseline,
  SeededRandom,
  serializeBaseline,
} from '@telltale/statistics';
import { DriftMonitor, modelPerformance } from '@telltale/instrumentation-drift';

const KEY = { model: 'price', version: '1', name: 'variable', direction: 'output' } as const;

function watched(hasTargets: boolean) {
  const random = new SeededRandom(4);
  const values = Array.from({ length: 3_000 }, () => 100 * random.next());
  const targets = values.map((value) => value + 8 * (random.next() - 0.5));
  const loss = hasTargets ? fitLoss(values, targets) : undefined;
  const baseline = buildBaseline(
    { kind: 'numeric', values, outcomes: values.map(() => 0) },
    {
      key: KEY,
      source: 'training',
      createdMs: 0,
      thinning: 1,
      quality: 'ok',
      random,
      ...(loss === undefined ? {} : { loss }),
    },
  );
  // As a file that another process wrote.
  const read = parseBaseline(serializeBaseline(baseline, sha256), sha256);
  if (!read.ok) throw new Error(read.problem.reason);
  const monitor = new DriftMonitor();
  const stream = monitor.guessedStream(KEY, 'numeric');
  monitor.find(KEY)?.adopt(read.baseline);
  for (let record = 0; record < 1_500; record += 1) stream.observe(100 * random.next());
  return modelPerformance(monitor);
}

test('a baseline with targets estimates the errors of a regression, and no accuracy', () => {
  const [found] = watched(true);
  expect(found).toMatchObject({ model: 'price', stream: 'variable', gap: null });
  expect(found?.estimated).toEqual([
    {
      metric: 'mean_absolute_error',
      method: 'dle',
      value: expect.closeTo(2, 0.9),
      lower: expect.any(Number),
      upper: expect.any(Number),
      error: expect.any(Number),
    },
    {
      metric: 'root_mean_squared_error',
      method: 'dle',
      value: expect.closeTo(8 / Math.sqrt(12), 0.9),
      lower: null,
      upper: null,
      error: null,
    },
  ]);
});

test('a baseline without targets estimates nothing', () => {
  expect(watched(false)).toEqual([]);
});
