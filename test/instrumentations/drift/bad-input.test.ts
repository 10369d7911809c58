import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type StreamKind } from '@telltale/instrumentation-drift';

const KEY = { model: 'fraud', version: '1', name: 'amount', direction: 'input' } as const;

/** A stream that has its baseline, and a way to look at it. */
function learned(kind: StreamKind = 'numeric', options = {}) {
  const monitor = new DriftMonitor({ falseAlarmEvery: 1e5, thinning: 1, ...options });
  const stream = monitor.stream(KEY, kind);
  const random = new SeededRandom(1);
  const draw = (): unknown =>
    kind === 'categorical' ? 'abc'[Math.floor(3 * random.next())] : standardNormal(random);
  for (let index = 0; index < 1600; index += 1) stream.observe(draw());
  return { monitor, stream, draw };
}

/** Numbers that are none and fields without a value, anywhere in it. */
function unfit(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [value];
  if (value === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(unfit);
}

describe('bad values', () => {
  test.for<readonly [string, StreamKind, unknown, string]>([
    ['NaN', 'numeric', Number.NaN, 'invalid'],
    ['infinity', 'numeric', Number.POSITIVE_INFINITY, 'invalid'],
    ['minus infinity', 'numeric', Number.NEGATIVE_INFINITY, 'invalid'],
    ['null', 'numeric', null, 'null'],
    ['undefined', 'numeric', undefined, 'null'],
    ['a string', 'numeric', '12', 'invalid'],
    ['a symbol', 'numeric', Symbol('x'), 'invalid'],
    ['an object', 'numeric', { valueOf: () => 1 }, 'invalid'],
    ['an unsafe bigint', 'numeric', 2n ** 60n, 'invalid'],
    ['a safe bigint', 'numeric', 0n, 'ok'],
    ['a denormal', 'numeric', 5e-324, 'ok'],
    ['minus zero', 'numeric', -0, 'ok'],
    ['the largest double', 'numeric', Number.MAX_VALUE, 'out_of_range'],
    ['a known category', 'categorical', 'a', 'ok'],
    ['a new category', 'categorical', 'z', 'unseen'],
    ['a boolean', 'categorical', true, 'unseen'],
    ['NaN', 'categorical', Number.NaN, 'invalid'],
    ['an object', 'categorical', {}, 'invalid'],
  ])('%s in a %s stream', ([, kind, value, outcome]) => {
    const { monitor, stream, draw } = learned(kind);
    const before = { ...monitor.find(KEY)?.counts };
    for (let index = 0; index < 300; index += 1) {
      stream.observe(value);
      stream.observe(draw());
    }
    const after: Readonly<Record<string, number>> = { ...monitor.find(KEY)?.counts };
    const grown = (after[outcome] ?? 0) - (before[outcome as keyof typeof before] ?? 0);
    expect(grown).toBeGreaterThanOrEqual(300);
    expect(unfit(monitor.status())).toEqual([]);
    expect(monitor.failures).toBe(0);
  });

  test.for<readonly [string, unknown]>([
    ['zeros', 0],
    ['a number', 0.1],
    ['a denormal', 5e-324],
    ['the largest double', Number.MAX_VALUE],
  ])('a constant column of %s is stable, and leaving it is novel', ([, value]) => {
    const monitor = new DriftMonitor({ falseAlarmEvery: 1e5 });
    const stream = monitor.stream(KEY, 'numeric');
    for (let index = 0; index < 4000; index += 1) stream.observe(value);
    expect(monitor.status()).toMatchObject([{ state: 'stable', psi: { value: 0 } }]);
    for (let index = 0; index < 1000; index += 1) stream.observe(index % 2 === 0 ? 1 : value);
    expect(monitor.status()).toMatchObject([{ state: 'alert' }]);
    expect(unfit(monitor.status())).toEqual([]);
  });

  test('a column without a single value never gets a good baseline and never fails', () => {
    const monitor = new DriftMonitor();
    const stream = monitor.stream(KEY, 'numeric');
    for (let index = 0; index < 12_000; index += 1) stream.observe(null);
    expect(['learning', 'stable', 'warning']).toContain(monitor.find(KEY)?.state);
    expect(monitor.find(KEY)?.counts.null).toBe(12_000);
    expect(monitor.failures).toBe(0);
    expect(unfit(monitor.status())).toEqual([]);
  });

  test('an empty window says nothing', () => {
    const { monitor } = learned();
    monitor.reset();
    expect(monitor.status()).toMatchObject([
      { reason: 'insufficient_data', windowN: 0, ks: null, psi: null, w1: null },
    ]);
    expect(unfit(monitor.status())).toEqual([]);
  });

  test('a clock that stands, jumps or says nonsense disturbs nothing', () => {
    const times = [0, 1e12, -1e12, 9e15, Number.NaN];
    let calls = 0;
    const now = (): number => times[(calls += 1) % times.length] ?? 0;
    const { monitor, stream, draw } = learned('numeric', { now });
    for (let index = 0; index < 500; index += 1) stream.observe(Number(draw()) + 2);
    expect(monitor.failures).toBe(0);
    expect(monitor.find(KEY)?.state).toBe('alert');
    expect(unfit(monitor.status())).toEqual([]);
  });

  test('ten thousand streams of text keep to the limit and the first ones go on', () => {
    const monitor = new DriftMonitor({ streamsMax: 16 });
    for (let index = 0; index < 10_000; index += 1) {
      monitor.stream({ ...KEY, name: `f${index}` }, 'categorical').observe('x'.repeat(10_000));
    }
    monitor.stream({ ...KEY, name: 'f0' }, 'categorical').observe('y');
    expect([...monitor.streams()]).toHaveLength(17);
    expect(monitor.find({ ...KEY, name: 'f0' })?.records).toBe(2);
    expect(monitor.failures).toBe(0);
    // Categories are cut, so nothing grows with the length of what is observed.
    expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(10_000_000);
  });
});
