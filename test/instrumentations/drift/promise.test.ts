import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DRIFT_DEFAULTS,
  DriftMonitor,
  type FalseAlarmOptions,
  falseAlarmOptions,
} from '@telltale/instrumentation-drift';

import { promisedRecords } from '../../../instrumentations/drift/src/promise.ts';
import { RecordRate } from '../../../instrumentations/drift/src/stream/records/record-rate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEY = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;

describe('falseAlarmOptions()', () => {
  test.for<readonly [number | string, Partial<FalseAlarmOptions> | undefined]>([
    [1e6, { falseAlarmEvery: 1e6 }],
    ['1000000', { falseAlarmEvery: 1e6 }],
    ['30d', { falseAlarmEveryMs: 30 * DAY_MS }],
    [' 1.5h ', { falseAlarmEveryMs: 1.5 * HOUR_MS }],
    ['2w', { falseAlarmEveryMs: 14 * DAY_MS }],
    ['90s', { falseAlarmEveryMs: 90_000 }],
    ['5m', { falseAlarmEveryMs: 300_000 }],
    ['0d', undefined],
    [0, undefined],
    [-5, undefined],
    [Number.NaN, undefined],
    ['', undefined],
    ['30 days', undefined],
    ['d', undefined],
  ])('%s', ([every, options]) => {
    expect(falseAlarmOptions(every)).toEqual(options);
  });
});

describe('RecordRate', () => {
  test('a steady stream has its rate from the first second on', () => {
    const rate = new RecordRate();
    rate.note(20, 0);
    expect(rate.perMs).toBeUndefined();
    for (let second = 1; second <= 10_000; second += 1) rate.note(20, second * 1000);
    expect(rate.perMs).toBeCloseTo(0.02, 10);
  });

  test('an hour at another rate moves it by 63 %', () => {
    const rate = new RecordRate();
    rate.note(0, 0);
    for (let second = 1; second <= 36_000; second += 1) rate.note(10, second * 1000);
    for (let second = 36_001; second <= 39_600; second += 1) rate.note(20, second * 1000);
    expect(rate.perMs).toBeCloseTo(0.01 + 0.01 * (1 - Math.exp(-1)), 6);
  });

  test('records of the same millisecond wait for time to pass', () => {
    const rate = new RecordRate();
    rate.note(0, 0);
    for (let index = 0; index < 50; index += 1) rate.note(20, 0);
    expect(rate.perMs).toBeUndefined();
    rate.note(0, 1000);
    expect(rate.perMs).toBeCloseTo(1, 10);
  });

  test.for([
    ['back', -DAY_MS],
    ['ahead', 365 * DAY_MS],
  ] as const)('a clock that jumps %s keeps the order of magnitude', ([, jumpMs]) => {
    const rate = new RecordRate();
    rate.note(0, 0);
    for (let second = 1; second <= 7200; second += 1) rate.note(20, second * 1000);
    rate.note(20, 7200_000 + jumpMs);
    expect(rate.perMs).toBeLessThan(0.0201);
    expect(rate.perMs).toBeGreaterThan(0.005);
  });

  test('any clock gives a finite rate or none', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.double()), { maxLength: 50 }), (notes) => {
        const rate = new RecordRate();
        for (const [records, nowMs] of notes) rate.note(records, nowMs);
        const copy = new RecordRate(rate.snapshot());
        const { perMs } = rate;
        return (
          copy.perMs === perMs && (perMs === undefined || (Number.isFinite(perMs) && perMs >= 0))
        );
      }),
    );
  });
});

describe('promisedRecords()', () => {
  test.for([
    [undefined, 0.5, 1e6],
    [30 * DAY_MS, undefined, 1e6],
    [30 * DAY_MS, 0.01, 25_920_000],
    [DAY_MS, 1e-9, 1000],
    [365 * DAY_MS, 1e6, 1e12],
  ] as const)('%s ms at %s records a ms are %s records', ([falseAlarmEveryMs, perMs, records]) => {
    expect(promisedRecords({ ...DRIFT_DEFAULTS, falseAlarmEveryMs }, perMs)).toBeCloseTo(
      records,
      3,
    );
  });
});

describe('falseAlarmEveryMs', () => {
  const watching = (everyMs: number) => {
    const clock = { nowMs: 0 };
    const monitor = new DriftMonitor({
      falseAlarmEveryMs: everyMs,
      thinning: 1,
      now: () => clock.nowMs,
    });
    const stream = monitor.stream(KEY, 'numeric');
    const random = new SeededRandom(1);
    const observe = (count: number, stepMs: number): void => {
      for (let index = 0; index < count; index += 1) {
        clock.nowMs += stepMs;
        stream.observe(standardNormal(random));
      }
    };
    return { monitor, observe };
  };

  test('the threshold follows the rate of records', () => {
    const { monitor, observe } = watching(30 * DAY_MS);
    observe(2000, 100);
    const aspects = 3;
    const threshold = (): number => monitor.status()[0]?.aspects[0]?.threshold ?? 0;
    expect(threshold() / aspects).toBeCloseTo(30 * 864_000, 0);
    observe(200_000, 1000);
    expect(threshold() / aspects).toBeGreaterThan(30 * 86_400 * 0.9);
    expect(threshold() / aspects).toBeLessThan(30 * 86_400 * 1.1);
  });

  test('a restored monitor goes on bit by bit', () => {
    const { monitor, observe } = watching(DAY_MS);
    observe(3333, 100);
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    const streams = [monitor, copy].map((one) => one.stream(KEY, 'numeric'));
    for (let index = 0; index < 100; index += 1) for (const one of streams) one.observe(index);
    expect(copy.status()).toEqual(monitor.status());
  });
});

test('small promises hold for longer than a reference needs to be good', () => {
  const kinds = Array.from({ length: 12 }, (_, index) => `k${index}`);
  const needed = 30_000;
  let records = 0;
  let alarms = 0;
  for (let seed = 1; seed <= 8; seed += 1) {
    const baseline = { size: 10_000, warmup: 0, sizeMax: 10_000 };
    const monitor = new DriftMonitor({ seed, falseAlarmEvery: 1e4, thinning: 1, baseline });
    const stream = monitor.stream(KEY, 'categorical');
    const random = new SeededRandom(seed);
    for (let record = 0; record < 50_000; record += 1) {
      stream.observe(kinds[Math.floor(12 * random.next())]);
      const evidence = monitor.find(KEY)?.comparison?.value.evidence;
      if (evidence === undefined) continue;
      records += 1;
      if (evidence.value < needed) continue;
      alarms += 1;
      evidence.rearm();
    }
  }
  // Three deviations of a Poisson number above what is promised.
  const promised = records / needed;
  expect(alarms).toBeLessThan(promised + 3 * Math.sqrt(promised));
});
