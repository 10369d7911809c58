import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type StreamKind, type StreamStatus } from '@telltale/instrumentation-drift';

const SCORE = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;
const SPAN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** A monitor on a clock of one second a record. */
function watched(kind: StreamKind = 'numeric', options = {}) {
  const clock = { nowMs: 0 };
  const spans = { asked: 0 };
  const monitor = new DriftMonitor(
    { falseAlarmEvery: 1e4, now: () => clock.nowMs, ...options },
    () => {
      spans.asked += 1;
      return SPAN;
    },
  );
  const stream = monitor.stream(SCORE, kind);
  const observe = (draw: () => unknown, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      clock.nowMs += 1000;
      stream.observe(draw());
    }
  };
  const status = (): StreamStatus => {
    const [found] = monitor.status();
    if (found === undefined) throw new Error('no stream');
    return found;
  };
  return { clock, spans, monitor, observe, status };
}

/** Numbers of a status that are not finite: JSON would turn them into null in silence. */
function unfit(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [value];
  if (value === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(unfit);
}

describe('StreamStatus', () => {
  test('while learning everything unknown is null', () => {
    const { observe, status } = watched();
    observe(() => 1, 300);
    expect(status()).toMatchObject({
      state: 'learning',
      reason: 'collecting_baseline',
      n: 300,
      windowN: 0,
      baseline: null,
      learning: { collected: 200, lastFailure: null },
      evidence: null,
      ks: null,
      psi: null,
      js: null,
      w1: null,
      missing: { baseline: null, window: null },
      outlying: [],
      acknowledged: null,
    });
  });

  test('below a hundred values there is no verdict', () => {
    const random = new SeededRandom(1);
    const { observe, status } = watched();
    observe(() => standardNormal(random), 1180);
    expect(status()).toMatchObject({
      state: 'learning',
      reason: 'insufficient_data',
      windowN: 80,
      ks: null,
    });
  });

  const shifted = () => {
    const random = new SeededRandom(2);
    const { observe, status, spans } = watched();
    observe(() => standardNormal(random), 4000);
    const before = status();
    observe(() => standardNormal(random) + 1, 1000);
    return { before, found: status(), spans };
  };

  test('a shift: state, evidence and distances', () => {
    const { before, found } = shifted();
    expect(before).toMatchObject({ reason: 'no_change', changePoint: null });
    expect(found).toMatchObject({
      state: 'alert',
      aspect: 'value',
      reason: 'evidence_and_effect',
      n: 5000,
      windowN: 1000,
      thinning: 1,
      baseline: { n: 1000, quality: 'ok', thin: 1, frozen: false },
      learning: null,
    });
    expect(found.ks?.d).toBeGreaterThan(0.3);
    expect(found.ks?.p).toBeLessThan(1e-10);
    expect(found.ks?.lo).toBeCloseTo((found.ks?.d ?? 0) - (found.ks?.floor ?? 0), 12);
    expect(found.psi?.value).toBeGreaterThan(0.5);
    expect(found.meanDelta).toBeGreaterThan(0.8);
    expect(found.meanDelta).toBeLessThan(1.2);
    expect(found.w1).toBeCloseTo(found.meanDelta ?? 0, 0);
    expect(found.rankW1).toBeGreaterThan(0.2);
    expect(found.log10Evidence).toBeCloseTo(Math.log10(found.evidence ?? 0), 12);
  });

  test('a shift: change point with its time, outlying values with their spans', () => {
    const { found, spans } = shifted();
    const { recordsAgo = 0, time = '' } = found.changePoint ?? {};
    expect(Math.abs(recordsAgo - 1000)).toBeLessThan(40);
    expect(Math.abs(Date.parse(time ?? '') - 4_000_000)).toBeLessThan(60_000);
    expect(Date.parse(found.since)).toBeGreaterThan(4_000_000);
    expect(found.outlying).toHaveLength(8);
    expect(found.outlying[0]).toMatchObject({ rank: 1, ...SPAN });
    expect(found.outlying.every(({ time: at }) => Date.parse(at) > 4_000_000)).toBe(true);
    expect(spans.asked).toBeLessThan(500);
  });

  test('categories: the top movers and their shares', () => {
    const random = new SeededRandom(3);
    const { observe, status } = watched('categorical');
    observe(() => (random.next() < 0.5 ? 'a' : 'b'), 3000);
    observe(() => (random.next() < 0.8 ? 'a' : 'b'), 1000);
    const { topMovers, ks, totalVariation, missing } = status();
    expect(topMovers.map(({ category }) => category).toSorted()).toEqual(['a', 'b']);
    expect(topMovers[0]?.baseline).toBeCloseTo(0.5, 1);
    expect(ks).toBe(null);
    expect(totalVariation).toBeGreaterThan(0.2);
    expect(missing).toEqual({ baseline: 0, window: 0 });
  });

  test('constant against constant is no distance at all', () => {
    const { observe, status } = watched('numeric', { thinning: 1 });
    observe(() => 0.1, 3000);
    expect(status()).toMatchObject({ state: 'stable', topMovers: [] });
    expect(unfit(status())).toEqual([]);
  });

  test('acknowledging marks the incident and leaves its state', () => {
    const random = new SeededRandom(4);
    const { observe, status, monitor, clock } = watched();
    observe(() => standardNormal(random), 3000);
    expect(monitor.acknowledge({ by: 'ana' })).toBe(0);
    observe(() => standardNormal(random) + 1, 1000);
    expect(monitor.acknowledge({ stream: { name: 'score' }, by: 'ana' })).toBe(1);
    expect(status()).toMatchObject({
      state: 'alert',
      acknowledged: { by: 'ana', time: new Date(clock.nowMs).toISOString() },
    });
    observe(() => standardNormal(random), 4000);
    expect(status()).toMatchObject({ state: 'stable', acknowledged: null });
  });

  test('reset keeps the baseline or learns again', () => {
    const random = new SeededRandom(5);
    const { observe, status, monitor } = watched('numeric', { thinning: 1 });
    observe(() => standardNormal(random), 3000);
    observe(() => standardNormal(random) + 1, 1000);
    const { baseline } = status();
    expect(monitor.reset({ stream: { name: 'score' } })).toBe(1);
    expect(status()).toMatchObject({
      state: 'learning',
      reason: 'insufficient_data',
      baseline: { id: baseline?.id, referenceN: 1001 },
      evidence: 0,
    });
    expect(monitor.reset({ stream: { name: 'other' } })).toBe(0);
    expect(monitor.reset({ keepBaseline: false })).toBe(1);
    expect(status()).toMatchObject({ reason: 'collecting_baseline', baseline: null });
  });

  test('rebaseline keeps the old one until the new one is accepted', () => {
    const random = new SeededRandom(6);
    const { observe, status, monitor } = watched();
    observe(() => standardNormal(random), 3000);
    const before = status().baseline?.id;
    monitor.rebaseline();
    observe(() => standardNormal(random) + 1, 1000);
    expect(status()).toMatchObject({ baseline: { id: before }, learning: { collected: 900 } });
    observe(() => standardNormal(random) + 1, 2000);
    expect(status()).toMatchObject({ learning: null, state: 'stable' });
    expect(status().baseline?.id).not.toBe(before);
  });

  test('a clock that jumps back gives no time before the last one', () => {
    const random = new SeededRandom(7);
    const { observe, status, clock } = watched();
    observe(() => standardNormal(random), 3000);
    clock.nowMs = -5e6;
    observe(() => standardNormal(random) + 1, 1000);
    const timeMs = Date.parse(status().changePoint?.time ?? '');
    expect(timeMs).toBeGreaterThan(2_900_000);
    expect(timeMs).toBeLessThanOrEqual(3_000_000);
    expect(unfit(status())).toEqual([]);
  });

  test('huge, tiny and mixed values never give a number that is none', () => {
    const huge = fc.constantFrom(1e308, -1e308, 1e-320, -0, 5e-324, 1.797e308, 0, 1);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(huge, fc.double({ noNaN: true, noDefaultInfinity: true })), {
          minLength: 260,
          maxLength: 600,
        }),
        (values) => {
          const { observe, status, monitor } = watched('numeric', {
            window: 100,
            baseline: { size: 200, warmup: 0 },
          });
          for (let round = 0; round < 4; round += 1) {
            for (const value of values) observe(() => value, 1);
          }
          return unfit(status()).length === 0 && monitor.failures === 0;
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('DriftSnapshot', () => {
  const draws: readonly (readonly [StreamKind, (random: SeededRandom) => unknown])[] = [
    ['numeric', (random) => (random.next() < 0.1 ? null : standardNormal(random))],
    ['numeric', (random) => Math.floor(40 * random.next())],
    ['categorical', (random) => 'abc'[Math.floor(3 * random.next())]],
  ];

  test('restored, a monitor goes on bit by bit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...draws),
        fc.integer({ min: 0, max: 1500 }),
        fc.integer({ min: 1, max: 400 }),
        ([kind, draw], before, after) => {
          const options = { window: 200, baseline: { size: 250, warmup: 10 } };
          const first = watched(kind, options);
          const random = new SeededRandom(before);
          first.observe(() => draw(random), before);
          const text = JSON.stringify(first.monitor.snapshot());
          const second = watched(kind, options);
          const isTaken = second.monitor.restore(JSON.parse(text));
          second.clock.nowMs = first.clock.nowMs;
          const values = Array.from({ length: after }, () => draw(random));
          for (const value of values) {
            first.observe(() => value, 1);
            second.observe(() => value, 1);
          }
          const ends = [first, second].map(({ monitor }) => JSON.stringify(monitor.snapshot()));
          return isTaken && ends[0] === ends[1];
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a snapshot of another version, another window or a damaged one is not taken', () => {
    const random = new SeededRandom(8);
    const { observe, monitor, status } = watched();
    observe(() => standardNormal(random), 1500);
    const before = status();
    const snapshot = monitor.snapshot();
    const [stream] = snapshot.streams;
    const damaged = [
      null,
      'text',
      { ...snapshot, schema: 'ml-drift-snapshot/0' },
      { ...snapshot, window: 10 },
      { ...snapshot, streams: [null] },
      { ...snapshot, streams: [{ ...stream, baseline: '{}' }] },
      { ...snapshot, streams: [{ ...stream, comparison: { phase: 0 } }] },
    ];
    expect(damaged.map((one) => monitor.restore(one))).toEqual(damaged.map(() => false));
    expect(status()).toEqual(before);
  });
});
