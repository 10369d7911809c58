import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type DriftTransition } from '@telltale/instrumentation-drift';

import { readMonitor } from '../../../instrumentations/drift/src/publish/readings.ts';
import { hourOfWeek, seasonName } from '../../../instrumentations/drift/src/season.ts';

const KEY = { model: 'fraud', version: '1', name: 'amount', direction: 'input' } as const;
const HOUR_MS = 3_600_000;
const MONDAY_MS = Date.parse('2026-03-02T00:00:00Z');

describe('hourOfWeek()', () => {
  test.for<readonly [string, string]>([
    ['2026-03-02T00:00:00Z', 'mon-00'],
    ['2026-03-02T09:59:59Z', 'mon-09'],
    ['2026-03-08T23:00:00Z', 'sun-23'],
    ['1970-01-01T00:30:00Z', 'thu-00'],
    ['1969-12-31T23:30:00Z', 'wed-23'],
    ['1960-02-29T12:00:00Z', 'mon-12'],
  ])('%s is %s', ([time, name]) => {
    expect(seasonName(hourOfWeek(Date.parse(time)))).toBe(name);
  });

  test('every hour of a week has a name of its own', () => {
    const names = Array.from({ length: 168 }, (_, hour) =>
      seasonName(hourOfWeek(MONDAY_MS + hour * HOUR_MS)),
    );
    expect(new Set(names).size).toBe(168);
    expect(names.slice(0, 2)).toEqual(['mon-00', 'mon-01']);
  });

  test.for([Number.NaN, Number.POSITIVE_INFINITY])('a clock that says %s', (timeMs) => {
    expect(seasonName(hourOfWeek(timeMs))).toBe('mon-00');
  });
});

describe('seasonal: hour-of-week', () => {
  /** Busy and quiet hours of one stream, the busy one a sigma higher. */
  function watching(seasonal: 'none' | 'hour-of-week') {
    const clock = { nowMs: MONDAY_MS };
    const monitor = new DriftMonitor({
      seasonal,
      falseAlarmEvery: 1e5,
      thinning: 1,
      baseline: { size: 500, warmup: 0 },
      window: 500,
      now: () => clock.nowMs,
    });
    const transitions: DriftTransition[] = [];
    monitor.onTransition((transition) => transitions.push(transition));
    const stream = monitor.stream(KEY, 'numeric');
    const random = new SeededRandom(1);
    const weeks = (count: number, shift = 0): void => {
      for (let week = 0; week < count; week += 1) {
        for (const [hour, level] of [
          [0, 0],
          [9, 2],
        ] as const) {
          clock.nowMs = MONDAY_MS + (week * 168 + hour) * HOUR_MS;
          for (let index = 0; index < 1500; index += 1) {
            stream.observe(standardNormal(random) + level + shift);
          }
        }
      }
    };
    const incidents = (): readonly DriftTransition[] =>
      transitions.filter(({ to }) => to === 'drift' || to === 'alert');
    return { monitor, weeks, incidents };
  }

  test('without seasons the day itself is drift', () => {
    const { weeks, incidents } = watching('none');
    weeks(2);
    expect(incidents()).not.toEqual([]);
  });

  test('with them each hour has its baseline, and real drift is still found', () => {
    const { monitor, weeks, incidents } = watching('hour-of-week');
    expect([...monitor.streams()]).toEqual([]);
    weeks(4);
    expect(incidents()).toEqual([]);
    expect([...monitor.streams()].map(({ key }) => key)).toEqual([
      { ...KEY, season: 'mon-00' },
      { ...KEY, season: 'mon-09' },
    ]);
    weeks(1, 1);
    expect(new Set(incidents().map(({ stream }) => stream.season))).toEqual(
      new Set(['mon-00', 'mon-09']),
    );
    expect(monitor.status({ season: 'mon-09' })).toHaveLength(1);
  });

  test('a restored monitor goes on with its seasons bit by bit', () => {
    const { monitor, weeks } = watching('hour-of-week');
    weeks(2);
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    const streams = [monitor, copy].map((one) => one.stream(KEY, 'numeric'));
    for (let index = 0; index < 300; index += 1) {
      for (const stream of streams) stream.observe(index);
    }
    expect(copy.snapshot()).toEqual(monitor.snapshot());
  });

  test('telemetry tells of the hour that is and the one before', () => {
    const clock = { nowMs: MONDAY_MS };
    const monitor = new DriftMonitor({ seasonal: 'hour-of-week', now: () => clock.nowMs });
    const stream = monitor.stream(KEY, 'numeric');
    for (let hour = 0; hour < 5; hour += 1) {
      clock.nowMs = MONDAY_MS + hour * HOUR_MS;
      stream.observe(1);
    }
    const told = (): readonly unknown[] => [
      ...new Set(
        Array.from(readMonitor(monitor, {}), ({ attributes }) => attributes['ml.drift.season']),
      ),
    ];
    expect(told()).toEqual(['mon-03', 'mon-04']);
    clock.nowMs = MONDAY_MS + 168 * HOUR_MS;
    expect(told()).toEqual(['mon-00']);
  });

  test('room for sixteen streams of all hours, unless told otherwise', () => {
    expect(new DriftMonitor({ seasonal: 'hour-of-week' }).options.streamsMax).toBe(2688);
    expect(new DriftMonitor({ seasonal: 'hour-of-week', streamsMax: 5 }).options.streamsMax).toBe(
      5,
    );
  });
});
