import { describe, expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';
import {
  type DriftDiagnostic,
  DriftMonitor,
  type DriftOptions,
  type StreamKey,
  type StreamKind,
} from '@telltale/instrumentation-drift';

import { streamAttributes } from '../../../../instrumentations/drift/src/publish/telemetry-attributes.ts';

const HOUR_MS = 3_600_000;

const keyOf = (name: string): StreamKey => ({
  model: 'fraud',
  version: '1',
  name,
  direction: 'input',
});

function watching(options: Partial<DriftOptions> = {}) {
  const clock = { nowMs: 0 };
  const told: DriftDiagnostic[] = [];
  const monitor = new DriftMonitor({
    streamsMax: 2,
    now: () => clock.nowMs,
    onDiagnostic: (diagnostic) => told.push(diagnostic),
    ...options,
  });
  const feed = (name: string, value: unknown = 1, kind: StreamKind = 'numeric'): void =>
    monitor.stream(keyOf(name), kind).observe(value);
  const names = (): readonly string[] => [...monitor.streams()].map(({ key }) => key.name);
  return { clock, told, monitor, feed, names };
}

describe('streams beyond the limit', () => {
  test('share one, which telemetry marks, after one warning', () => {
    const { told, monitor, feed, names } = watching();
    for (const name of ['a', 'b', 'c', 'd']) feed(name);
    expect(names()).toEqual(['a', 'b', '_OTHER']);
    expect(monitor.overflowed).toBe(2);
    expect(told).toEqual([
      {
        code: 'streams_overflow',
        message:
          'Cannot watch the stream "c" by itself: streamsMax is reached, so it and further ones share one; current value is 2',
      },
    ]);
    expect([...monitor.streams()].map(({ key }) => streamAttributes(key))).toMatchObject([
      expect.not.objectContaining({ 'otel.metric.overflow': true }),
      expect.not.objectContaining({ 'otel.metric.overflow': true }),
      { 'otel.metric.overflow': true },
    ]);
  });

  test('take the place of the one that was idle for longest, but for an hour at least', () => {
    const { clock, told, feed, names } = watching();
    feed('a');
    feed('b');
    feed('c');
    clock.nowMs += HOUR_MS / 2;
    feed('b');
    feed('d');
    clock.nowMs += HOUR_MS / 2 + 1;
    feed('e');
    expect(names()).toEqual(['b', '_OTHER', 'e']);
    expect(told.map(({ code }) => code)).toEqual(['streams_overflow', 'stream_evicted']);
  });

  test('a stream that left and has no room does not cost a search at every record', () => {
    const { clock, monitor } = watching({ streamsMax: 1 });
    const held = monitor.stream(keyOf('a'), 'numeric');
    held.observe(1);
    monitor.stream(keyOf('b'), 'numeric');
    clock.nowMs += HOUR_MS + 1;
    monitor.stream(keyOf('b'), 'numeric').observe(1);
    const asked = { times: 0 };
    const [, b] = monitor.streams();
    Object.defineProperty(b, 'records', {
      get: () => {
        asked.times += 1;
        return 1;
      },
    });
    clock.nowMs += 60_001;
    for (let index = 0; index < 1000; index += 1) held.observe(1);
    expect(asked.times).toBe(1);
    expect(monitor.overflowed).toBe(2);
  });

  test('find a place of their own once there is one, in the hands of their writer', () => {
    const { clock, monitor, feed, names } = watching();
    feed('a');
    feed('b');
    const held = monitor.stream(keyOf('c'), 'numeric');
    for (let index = 0; index < 2000; index += 1) held.observe(1);
    expect(names()).toEqual(['a', 'b', '_OTHER']);
    clock.nowMs += HOUR_MS + 1;
    for (let index = 0; index < 2000; index += 1) held.observe(1);
    expect(names()).toEqual(['b', '_OTHER', 'c']);
    expect(monitor.find(keyOf('c'))?.records).toBeGreaterThan(900);
  });

  test('never take the place of one that is fed', () => {
    const { clock, feed, names } = watching();
    for (let hour = 0; hour < 5; hour += 1) {
      feed('a');
      feed('b');
      feed(`new-${hour}`);
      clock.nowMs += HOUR_MS - 1;
    }
    expect(names()).toEqual(['a', 'b', '_OTHER']);
  });
});

test('seasons of a stream share its part of the promise, as they take turns', () => {
  const random = new SeededRandom(8);
  const clock = { nowMs: 0 };
  const monitor = new DriftMonitor({
    seasonal: 'hour-of-week',
    falseAlarmEvery: 1e5,
    thinning: 1,
    now: () => clock.nowMs,
  });
  for (const hour of [1, 2, 3]) {
    clock.nowMs = hour * HOUR_MS;
    for (const name of ['a', 'b']) {
      const stream = monitor.stream(keyOf(name), 'numeric');
      for (let index = 0; index < 1500; index += 1) stream.observe(random.next());
    }
  }
  expect([...monitor.streams()]).toHaveLength(6);
  const [status] = monitor.status({ name: 'b', season: 'thu-03' });
  expect(status?.threshold).toBe(2 * 3 * 1e5);
});

describe('onDiagnostic', () => {
  test.for<readonly [string, StreamKind, unknown]>([
    ['NaN', 'numeric', Number.NaN],
    ['an infinite number', 'numeric', Number.NEGATIVE_INFINITY],
    ['a bigint beyond 2^53', 'numeric', 2n ** 70n],
    ['a string', 'numeric', 'secret'],
    ['a boolean', 'numeric', true],
    ['a symbol', 'numeric', Symbol('secret')],
    ['an object', 'categorical', { secret: 1 }],
    ['a function', 'categorical', () => 'secret'],
  ])('%s in a %s stream is told once, without the value', ([words, kind, value]) => {
    const { told, feed } = watching();
    for (let index = 0; index < 3; index += 1) feed('a', value, kind);
    expect(told).toEqual([
      {
        code: 'bad_value',
        message: `Cannot use ${words} in the ${kind} stream "a" of fraud: it counts as invalid, and so do further ones`,
      },
    ]);
  });

  test('missing values are no error', () => {
    const { told, feed } = watching();
    feed('a', null);
    feed('a', undefined);
    expect(told).toEqual([]);
  });

  test('dependent values are told once', () => {
    const { told, monitor } = watching({ baseline: { size: 1000, warmup: 0 } });
    const random = new SeededRandom(3);
    const stream = monitor.stream(keyOf('a'), 'numeric');
    let level = 0;
    for (let index = 0; index < 3000; index += 1) {
      level = 0.7 * level + random.next();
      stream.observe(level);
    }
    const thin = monitor.find(keyOf('a'))?.comparison?.baseline.thin ?? 0;
    expect(thin).toBeGreaterThan(1);
    expect(told).toEqual([
      {
        code: 'thinned',
        message: `The values of the stream "a" of fraud depend on each other: one of ${thin} is taken for evidence`,
      },
    ]);
  });

  test('a listener that throws disturbs no other', () => {
    const { monitor, feed } = watching({
      onDiagnostic: () => {
        throw new Error('listener');
      },
    });
    feed('a', Number.NaN);
    expect(monitor.find(keyOf('a'))?.counts.invalid).toBe(1);
    expect(monitor.failures).toBe(0);
  });
});
