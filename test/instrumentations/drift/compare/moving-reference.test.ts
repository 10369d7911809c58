import { describe, expect, test } from 'vitest';

import { ksNumerator, SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  type DriftOptions,
  type DriftTransition,
  type StreamKind,
} from '@telltale/instrumentation-drift';

const KEY = { model: 'm', version: '1', name: 'x', direction: 'input' } as const;
const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

function watching(options: Partial<DriftOptions>, kind: StreamKind = 'numeric') {
  const clock = { nowMs: 0 };
  const monitor = new DriftMonitor({
    falseAlarmEvery: 1e5,
    thinning: 1,
    window: 500,
    now: () => clock.nowMs,
    ...options,
  });
  const transitions: DriftTransition[] = [];
  monitor.onTransition((transition) => transitions.push(transition));
  const stream = monitor.stream(KEY, kind);
  const random = new SeededRandom(31);
  const seen: number[] = [];
  const observe = (count: number, shift = 0): void => {
    for (let index = 0; index < count; index += 1) {
      const value = standardNormal(random) + shift;
      seen.push(value);
      stream.observe(kind === 'categorical' ? String(value > 0) : value);
    }
  };
  const effect = () => monitor.find(KEY)?.comparison?.value.effect;
  return { clock, monitor, transitions, observe, effect, seen };
}

describe('compare: previous', () => {
  test('the distance is that of two windows next to each other', () => {
    const { observe, effect, seen } = watching({ compare: 'previous' });
    observe(1100);
    observe(500);
    const baseline = effect()?.distance;
    expect(baseline).toBeGreaterThan(0);
    observe(300, 1);
    const [before, now] = [seen.slice(1100, 1600), seen.slice(1600, 1900)].map((values) =>
      Float64Array.from(values).sort(),
    );
    const numerator = ksNumerator(before ?? [], now ?? []);
    expect(effect()?.distance).toBeCloseTo(numerator / (500 * 300), 12);
    // The first hundred values of a window say nothing yet.
    const last = effect();
    observe(250, 1);
    expect(effect()).not.toEqual(last);
  });

  test('a change that stays is an alert once, and then its effect is noise again', () => {
    const { monitor, observe, transitions } = watching({ compare: 'previous' });
    observe(3000);
    observe(1000, 2);
    expect(transitions.map(({ to }) => to)).toContain('alert');
    observe(3000, 2);
    expect(monitor.find(KEY)?.comparison?.value.effect.distance).toBeLessThan(0.15);
    expect(monitor.find(KEY)?.comparison?.value.state).not.toBe('alert');
  });

  test('categories: total variation from one window to the next', () => {
    const { observe, effect, seen } = watching({ compare: 'previous' }, 'categorical');
    observe(1100 + 500);
    observe(400, 1);
    const share = (values: readonly number[]) =>
      values.filter((value) => value > 0).length / values.length;
    const expected = Math.abs(share(seen.slice(1100, 1600)) - share(seen.slice(1600)));
    expect(effect()?.distance).toBeCloseTo(expected, 12);
  });
});

describe('compare: last_week', () => {
  test('an hour is compared with itself a week before, not with another one', () => {
    const { clock, observe, effect } = watching({ compare: 'last_week' });
    observe(1100);
    const distances: (readonly number[])[] = [];
    for (let week = 0; week < 3; week += 1) {
      clock.nowMs = week * WEEK_MS + HOUR_MS;
      observe(600);
      const quiet = effect()?.distance ?? 0;
      clock.nowMs += HOUR_MS;
      observe(600, 3);
      distances.push([quiet, effect()?.distance ?? 0]);
    }
    // In the first week there is only the baseline to compare with.
    const [first, ...later] = distances;
    expect(first?.[1]).toBeGreaterThan(0.5);
    expect(later.flat().filter((distance) => distance > 0.2)).toEqual([]);
  });

  test('an hour that was missed a week before is not compared with an older one', () => {
    const { clock, observe, effect } = watching({ compare: 'last_week' });
    observe(1100);
    clock.nowMs = HOUR_MS;
    observe(600, 3);
    clock.nowMs += 2 * WEEK_MS;
    observe(600, 3);
    expect(effect()?.distance).toBeGreaterThan(0.5);
  });
});

test.for<readonly [DriftOptions['compare'], StreamKind]>([
  ['previous', 'numeric'],
  ['previous', 'categorical'],
  ['last_week', 'numeric'],
])('%s of a %s stream: a restored monitor goes on bit by bit', ([compare, kind]) => {
  const { clock, monitor, observe } = watching({ compare }, kind);
  for (let hour = 0; hour < 30; hour += 1) {
    clock.nowMs = hour * 24 * HOUR_MS;
    observe(333, hour % 2);
  }
  const copy = new DriftMonitor(monitor.options);
  expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
  expect(copy.snapshot()).toEqual(monitor.snapshot());
  const streams = [monitor, copy].map((one) => one.stream(KEY, kind));
  for (let index = 0; index < 3000; index += 1) {
    clock.nowMs += 60_000;
    for (const stream of streams) {
      stream.observe(kind === 'categorical' ? String(index % 3 > 0) : index % 17);
    }
  }
  expect(copy.snapshot()).toEqual(monitor.snapshot());
  expect(copy.status()).toEqual(monitor.status());
});
