import { describe, expect, test } from 'vitest';

import { Adwin, PageHinkley, SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type DriftOptions } from '@telltale/instrumentation-drift';

const KEY = { model: 'm', version: '1', name: 'x', direction: 'input' } as const;

function watching(options: Partial<DriftOptions> = {}) {
  const monitor = new DriftMonitor({
    detectors: ['adwin', 'page-hinkley', 'cusum'],
    thinning: 1,
    now: () => 0,
    ...options,
  });
  const random = new SeededRandom(4);
  const stream = monitor.stream(KEY, 'numeric');
  const observe = (count: number, shift = 0): void => {
    for (let index = 0; index < count; index += 1) stream.observe(standardNormal(random) + shift);
  };
  const alarms = () =>
    Object.fromEntries((monitor.status()[0]?.detectors ?? []).map((row) => [row.name, row]));
  return { monitor, observe, alarms };
}

describe('extra detectors', () => {
  test('all three find a shift of the mean', () => {
    const { observe, alarms } = watching();
    observe(3000);
    const clean = alarms();
    expect([clean['adwin']?.alarms, clean['page-hinkley']?.alarms]).toEqual([0, 0]);
    observe(1000, 2);
    const after = alarms();
    for (const name of ['adwin', 'page-hinkley', 'cusum']) {
      expect(after[name]?.alarms).toBeGreaterThan(clean[name]?.alarms ?? 0);
      expect(after[name]?.lastRecordsAgo).toBeLessThanOrEqual(1000);
    }
  });

  test('they decide nothing', () => {
    const states = [[], ['cusum'] as const].map((detectors) => {
      const { monitor, observe } = watching({ detectors });
      observe(3000);
      observe(300, 0.3);
      const { streams } = monitor.snapshot();
      return streams.map(({ comparison, ...rest }) => ({ ...rest, value: comparison?.value }));
    });
    expect(states[1]).toEqual(states[0]);
  });

  test('a constant baseline has none', () => {
    const { monitor, alarms } = watching();
    const stream = monitor.stream(KEY, 'numeric');
    for (let index = 0; index < 2000; index += 1) stream.observe(5);
    expect(alarms()).toEqual({});
  });

  test('off by default', () => {
    const { observe, alarms } = watching({ detectors: [] });
    observe(2000);
    expect(alarms()).toEqual({});
  });

  test('a restored monitor goes on bit by bit', () => {
    const { monitor, observe } = watching();
    observe(2222);
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    const random = new SeededRandom(9);
    const streams = [monitor, copy].map((one) => one.stream(KEY, 'numeric'));
    for (let index = 0; index < 2000; index += 1) {
      const value = standardNormal(random) + (index > 500 ? 1 : 0);
      for (const stream of streams) stream.observe(value);
    }
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    expect(copy.status()).toEqual(monitor.status());
  });

  test.for([1, 31, 32, 1000])('detectors restored after %i values go on alike', (before) => {
    const random = new SeededRandom(before);
    const adwin = new Adwin();
    const test = new PageHinkley();
    for (let index = 0; index < before; index += 1) {
      adwin.update(random.next());
      test.update(random.next());
    }
    const adwinCopy = new Adwin({}, JSON.parse(JSON.stringify(adwin.snapshot())));
    const testCopy = new PageHinkley({}, JSON.parse(JSON.stringify(test.snapshot())));
    for (let index = 0; index < 500; index += 1) {
      const value = random.next() * 2;
      expect(adwinCopy.update(value)).toBe(adwin.update(value));
      expect(testCopy.update(value)).toBe(test.update(value));
    }
    expect(adwinCopy.snapshot()).toEqual(adwin.snapshot());
  });
});
