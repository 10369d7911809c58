import { describe, expect, test } from 'vitest';

import { changePointMs, evidenceShare } from '../../../../collector/ui/src/model/drift.ts';
import { niceTicks, timeTicks, valueRange } from '../../../../collector/ui/src/model/plot-scale.ts';
import {
  closerSpan,
  seriesOf,
  spanOf,
  sparkQuery,
} from '../../../../collector/ui/src/model/spark.ts';
import { alertOf } from './alerts-fixture.ts';

describe('axes', () => {
  test.for([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.03, 0.16, [0.05, 0.1, 0.15]],
    [-5, 5, [-4, -2, 0, 2, 4]],
    [1e6, 1e6 + 4, [1e6, 1_000_001, 1_000_002, 1_000_003, 1_000_004]],
    [3, 3, [3]],
  ] as const)('niceTicks() from %s to %s', ([low, high, ticks]) => {
    expect(niceTicks(low, high, 5)).toEqual(ticks);
  });

  test('timeTicks() are round in the zone of the reader', () => {
    const hour = 3_600_000;
    const options = { count: 4, offsetMs: -30 * 60_000 };
    expect(timeTicks(0, 4 * hour, options).map((at) => at / hour)).toEqual([0.5, 1.5, 2.5, 3.5]);
  });

  test.for([
    [[], [0, 1]],
    [[Number.NaN], [0, 1]],
    [
      [0, 0],
      [-1, 1],
    ],
    [
      [4, 4],
      [2, 6],
    ],
    [
      [0.1, 1],
      [0, 1.054],
    ],
    [
      [100, 101],
      [99.94, 101.06],
    ],
  ] as const)('valueRange() of %j', ([values, range]) => {
    const [low, high] = valueRange(values);
    expect([low, high].map((each) => Math.round(each * 1000) / 1000)).toEqual(range);
  });
});

describe('sparklines', () => {
  const alert = alertOf({
    id: 'a',
    labels: { alertname: 'Slow', severity: 'warning', zone: 'eu', cost: '$1 "x"' },
  });
  const { rule } = alert;

  test('few alerts of a rule are asked for together, of many only those wanted', () => {
    if (rule === null) throw new Error('no rule');
    expect(sparkQuery(rule, [alert], 3)).toBe('x');
    expect(sparkQuery(rule, [alert], 5000)).toBe(
      '(x) and on(zone,cost) (label_replace(label_replace(vector(1),"zone","eu","",""),' +
        '"cost","$$1 \\"x\\"","",""))',
    );
  });

  test('a series belongs to the alert that has all its labels', () => {
    const series = [{ zone: 'us' }, { __name__: 'x', zone: 'eu' }, {}].map((metric) => ({
      metric,
      values: [],
    }));
    expect(seriesOf(alert, series)).toBe(series[1]);
    expect(seriesOf(alert, series.slice(0, 1))).toBeUndefined();
  });

  test('a span begins before the alert did, and has a bounded number of points', () => {
    for (const ageMs of [0, 60_000, 3_600_000, 30 * 86_400_000]) {
      const now = 1_800_000_000_000;
      const { startMs, endMs, stepMs } = spanOf(now - ageMs, now);
      expect((endMs - startMs) / stepMs).toBe(120);
      expect(endMs).toBeGreaterThanOrEqual(now);
      // A day is the most that is drawn.
      expect(startMs).toBeLessThan(now - Math.min(ageMs, 15 * 3_600_000));
    }
  });
});

test.for([
  ['samples of the last 20 s: a minute', 20_000, 60_000, 1000],
  ['samples of the last 100 s: these and a little more', 100_000, 115_000, 1000],
  ['samples of the last 500 s', 500_000, 575_000, 5000],
  ['samples of the whole time: all of it', 600_000, 600_000, 5000],
] as const)('closerSpan(): %s', ([, agoMs, lengthMs, stepMs]) => {
  const now = 1_800_000_000_000;
  const closer = closerSpan(spanOf(now, now), now - agoMs);
  expect(closer).toEqual({ startMs: now - lengthMs, endMs: now, stepMs });
});

describe('evidence', () => {
  test.for([
    [1, 1000, 0],
    [31.6227766, 1000, 0.5],
    [1000, 1000, 1],
    [1e6, 1000, 2],
    [Number.NaN, 1000, 0],
  ] as const)('of %s against %s has gone %s of the way', ([evidence, threshold, share]) => {
    expect(evidenceShare(evidence, threshold)).toBeCloseTo(share, 6);
  });

  test('changePointMs() is the last quiet moment before the threshold was passed', () => {
    const points = [1, 8, 1, 1.5, 40, 900, 5000].map((value, index) => ({ timeMs: index, value }));
    expect(changePointMs(points, 1000)).toBe(3);
    expect(changePointMs(points.slice(0, 5), 1000)).toBeUndefined();
    expect(changePointMs([], 1000)).toBeUndefined();
  });
});
