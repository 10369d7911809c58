import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_RECORDS,
  METRIC_DRIFT_STATE,
} from '@telltale/core';
import {
  exponentialHistogramOf,
  histogramCount,
  populationStabilityIndex,
  SeededRandom,
} from '@telltale/statistics';

import { FleetDrift } from '../../../collector/src/drift/fleet-drift.ts';
import type { FleetOptions } from '../../../collector/src/drift/fleet-options.ts';
import type { FleetPoint } from '../../../collector/src/drift/fleet-point.ts';
import { fleetReadings } from '../../../collector/src/drift/fleet-readings.ts';
import type { FleetStreamStatus } from '../../../collector/src/drift/fleet-status.ts';
import {
  type References,
  referenceOf,
  weightsOfSize,
} from '../../../collector/src/drift/rows/reference.ts';
import { baselineOf, uniform } from '../../support/collector/baseline-files.ts';
import {
  aspectPoint,
  BASELINE_ID,
  countRanks,
  INTERVAL_MS,
  numberPoint,
  rankPoint,
  sizePoint,
  valuePoint,
} from '../../support/collector/drift-points.ts';

const FLEET_OPTIONS: FleetOptions = Object.freeze({
  intervalMs: 60_000,
  windowMs: 1_800_000,
  streamsMax: 500,
  instancesMax: 100,
  seriesMax: 20_000,
});

const NO_REFERENCES: References = { byId: () => undefined, current: () => undefined };

const T0 = 1_700_000_040_000;
const EVEN = Array.from({ length: 20 }, () => 50);
const LOW = EVEN.map((count, bucket) => (bucket < 5 ? count + 40 : count - 10));

const fleetOf = (options = {}) => new FleetDrift({ ...FLEET_OPTIONS, ...options }, NO_REFERENCES);

function only(fleet: FleetDrift, nowMs: number): FleetStreamStatus {
  const [stream, ...rest] = fleet.status(nowMs).streams;
  if (stream === undefined || rest.length > 0) throw new Error('Expected one stream');
  return stream;
}

const recordsOf = (fleet: FleetDrift, nowMs: number): number =>
  only(fleet, nowMs).baselines.reduce((sum, { records }) => sum + records, 0);

describe('rank histograms', () => {
  test('of several instances are added, and the distance is that of the sum', () => {
    const fleet = fleetOf();
    fleet.take(sizePoint(1000, { timeMs: T0 }), T0);
    fleet.take(rankPoint(EVEN, { timeMs: T0, id: 'a' }), T0);
    fleet.take(rankPoint(LOW, { timeMs: T0, id: 'b' }), T0);
    const pooled = EVEN.map((count, bucket) => count + (LOW[bucket] ?? 0));
    const [row] = only(fleet, T0).baselines;
    expect(row?.counts).toEqual(pooled);
    expect(row?.baselineSize).toBe(1000);
    const psi = populationStabilityIndex(weightsOfSize(1000), pooled);
    expect(row?.distances?.psi).toBe(psi);
    expect(row?.distances?.ks.low).toBeLessThanOrEqual(row?.distances?.ks.high ?? 0);
  });

  test('any split over instances, intervals and temporalities merges to the same counts', () => {
    const part = fc.record({
      instance: fc.integer({ min: 0, max: 3 }),
      interval: fc.integer({ min: 0, max: 4 }),
      counts: fc.array(fc.nat({ max: 20 }), { minLength: 20, maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 25 }), (parts) => {
        const fleet = fleetOf();
        const totals = new Map<string, number[]>();
        const pooled = Array.from({ length: 20 }, () => 0);
        for (const [index, { instance, interval, counts }] of parts
          .toSorted((a, b) => a.interval - b.interval)
          .entries()) {
          // Even instances send deltas, odd ones totals since their start.
          const timeMs = T0 + interval * INTERVAL_MS + index;
          const id = `i${instance}`;
          for (const [bucket, count] of counts.entries())
            pooled[bucket] = (pooled[bucket] ?? 0) + count;
          const before = totals.get(id) ?? [];
          const total = counts.map((count, bucket) => count + (before[bucket] ?? 0));
          totals.set(id, total);
          const init = { id, timeMs, startTimeMs: T0 };
          const sent =
            instance % 2 === 0
              ? rankPoint(counts, init)
              : rankPoint(total, { ...init, temporality: 'cumulative' });
          expect(fleet.take(sent, timeMs)).toBe('accepted');
          fleet.status(timeMs);
        }
        const [row] = only(fleet, T0 + 4 * INTERVAL_MS).baselines;
        expect(row?.counts).toEqual(pooled);
        return true;
      }),
    );
  });

  test('of a cumulative series count once, however often they are sent', () => {
    const fleet = fleetOf();
    const send = (factor: number, timeMs: number, startTimeMs = T0) =>
      fleet.take(
        rankPoint(
          EVEN.map((count) => count * factor),
          { timeMs, startTimeMs, temporality: 'cumulative' },
        ),
        timeMs,
      );
    expect(send(1, T0)).toBe('accepted');
    expect(send(1, T0)).toBe('duplicate');
    expect(send(3, T0 + INTERVAL_MS)).toBe('accepted');
    expect(send(2, T0 + INTERVAL_MS / 2)).toBe('out_of_order');
    expect(recordsOf(fleet, T0 + INTERVAL_MS)).toBe(3000);
    // The process restarts: a new start time, and counts from zero.
    expect(send(1, T0 + 2 * INTERVAL_MS, T0 + 90_000)).toBe('accepted');
    expect(recordsOf(fleet, T0 + 2 * INTERVAL_MS)).toBe(4000);
    expect(fleet.counters).toMatchObject({ accepted: 3, duplicates: 1, outOfOrder: 1 });
  });

  test('a count that falls is a restart even without start times', () => {
    const fleet = fleetOf();
    const send = (factor: number, timeMs: number) =>
      fleet.take(
        rankPoint(
          EVEN.map((count) => count * factor),
          { timeMs, temporality: 'cumulative' },
        ),
        timeMs,
      );
    send(5, T0);
    // It is not known when the first five thousand were counted.
    expect(recordsOf(fleet, T0)).toBe(0);
    send(6, T0 + 1000);
    send(1, T0 + 2000);
    expect(recordsOf(fleet, T0 + 2000)).toBe(2000);
  });

  test('counted before the window are not in it', () => {
    const fleet = fleetOf();
    const old = T0 - 10 * FLEET_OPTIONS.windowMs;
    const init = { startTimeMs: old, temporality: 'cumulative' } as const;
    fleet.take(rankPoint(EVEN, { ...init, timeMs: T0 }), T0);
    expect(recordsOf(fleet, T0)).toBe(0);
    const twice = EVEN.map((count) => count * 2);
    fleet.take(rankPoint(twice, { ...init, timeMs: T0 + 1000 }), T0 + 1000);
    expect(recordsOf(fleet, T0 + 1000)).toBe(1000);
  });

  test('leave with their interval', () => {
    const fleet = fleetOf({ windowMs: 5 * INTERVAL_MS });
    fleet.take(rankPoint(EVEN, { timeMs: T0 }), T0);
    for (let step = 1; step < 5; step += 1) {
      expect(recordsOf(fleet, T0 + step * INTERVAL_MS)).toBe(1000);
    }
    const later = T0 + 5 * INTERVAL_MS;
    expect([fleet.status(later).streams, fleet.streamCount]).toEqual([[], 0]);
  });

  test('that are left after others have left are all of the window', () => {
    const fleet = fleetOf({ windowMs: 5 * INTERVAL_MS });
    const later = T0 + 3 * INTERVAL_MS;
    fleet.take(rankPoint(EVEN, { timeMs: T0 }), T0);
    fleet.take(rankPoint(LOW, { timeMs: later }), later);
    expect(recordsOf(fleet, later)).toBe(2050);
    const [row] = only(fleet, later + 2 * INTERVAL_MS).baselines;
    expect(row?.counts).toEqual(LOW);
  });

  test('two intervals late are taken, later ones and those of the future are not', () => {
    const fleet = fleetOf();
    const send = (timeMs: number) => fleet.take(rankPoint(EVEN, { timeMs }), T0);
    expect(send(T0)).toBe('accepted');
    expect(send(T0)).toBe('duplicate');
    expect(send(T0 - 2 * INTERVAL_MS)).toBe('accepted');
    expect(send(T0 - 3 * INTERVAL_MS)).toBe('too_old');
    expect(send(T0 + 3 * INTERVAL_MS)).toBe('too_new');
    expect(fleet.counters.rejected).toEqual({ too_old: 1, too_new: 1 });
  });

  test('against different baselines are kept apart and reported', () => {
    const fleet = fleetOf();
    fleet.take(rankPoint(EVEN, { timeMs: T0, id: 'a' }), T0);
    fleet.take(rankPoint(LOW, { timeMs: T0, id: 'b' }, 'fedcba987654'), T0);
    const { baselines, findings } = only(fleet, T0);
    expect(baselines.map(({ records, distances }) => [records, distances])).toEqual([
      [1000, null],
      [1050, null],
    ]);
    expect(findings).toEqual([
      { kind: 'mixed_baselines', baselineIds: [BASELINE_ID, 'fedcba987654'] },
      { kind: 'unknown_baseline', baselineId: BASELINE_ID },
      { kind: 'unknown_baseline', baselineId: 'fedcba987654' },
    ]);
  });

  test('are weighed exactly as the size of the baseline says, without its file', () => {
    expect(weightsOfSize(999)).toEqual(EVEN);
    expect(weightsOfSize(1000).reduce((sum, weight) => sum + weight, 0)).toBe(1001);
    for (const size of [1, 5, 19, 20, 200, 12_345]) {
      const weights = weightsOfSize(size);
      expect([weights.length, weights.reduce((sum, weight) => sum + weight, 0)]).toEqual([
        20,
        size + 1,
      ]);
    }
  });
});

describe('evidence', () => {
  const send = (fleet: FleetDrift, [id, evidence]: readonly [string, number], nowMs: number) => {
    const init = { id, timeMs: nowMs };
    fleet.take(aspectPoint(METRIC_DRIFT_EVIDENCE.name, evidence, init), nowMs);
    fleet.take(aspectPoint(METRIC_DRIFT_EVIDENCE_THRESHOLD.name, 1e6 + evidence, init), nowMs);
    fleet.take(aspectPoint(METRIC_DRIFT_STATE.name, evidence > 100 ? 3 : 1, init), nowMs);
  };

  test('is the mean of live instances, the threshold their largest, the state the worst', () => {
    const fleet = fleetOf();
    send(fleet, ['a', 1000], T0);
    send(fleet, ['b', 20], T0);
    expect(only(fleet, T0)).toMatchObject({
      state: 'drift',
      aspects: [
        { aspect: 'value', evidence: 510, threshold: 1e6 + 1000, state: 'drift', instances: 2 },
      ],
      instances: { live: 2, silent: 0, byState: { learning: 0, stable: 1, warning: 0, drift: 1 } },
    });
    // Three silent intervals later, one of them is gone.
    const later = T0 + 3 * INTERVAL_MS + 1;
    send(fleet, ['b', 30], later);
    expect(only(fleet, later)).toMatchObject({
      state: 'stable',
      aspects: [{ evidence: 30, threshold: 1e6 + 30, instances: 1 }],
      instances: { live: 1, silent: 1 },
    });
  });

  test('of the largest numbers stays finite', () => {
    const fleet = fleetOf();
    for (let index = 0; index < 50; index += 1) send(fleet, [`i${index}`, 1e300], T0);
    expect(only(fleet, T0).aspects[0]?.evidence).toBeCloseTo(1e300, -290);
  });

  test('comes from counts where instances send only ranks, after the interval is closed', () => {
    const fleet = fleetOf();
    fleet.take(sizePoint(1000, { timeMs: T0 }), T0);
    const random = new SeededRandom(3);
    const before: number[] = [];
    for (let step = 0; step < 12; step += 1) {
      const nowMs = T0 + step * INTERVAL_MS;
      // From the sixth interval on values move down.
      const ranks = Array.from({ length: 500 }, () => random.next() ** (step < 6 ? 1 : 1.4));
      fleet.take(rankPoint(countRanks(ranks), { timeMs: nowMs }), nowMs);
      fleet.status(nowMs);
      if (step < 8) before.push(only(fleet, nowMs).baselines[0]?.countEvidence ?? 0);
    }
    expect(Math.max(...before)).toBeLessThan(100);
    const end = T0 + 14 * INTERVAL_MS;
    expect(only(fleet, end).baselines[0]?.countEvidence).toBeGreaterThan(1e5);
  });
});

describe('one bad pod', () => {
  const random = new SeededRandom(5);
  const ranks = (power: number): number[] =>
    countRanks(Array.from({ length: 600 }, () => random.next() ** power));
  const fleetWith = (powers: readonly number[], evidence: (index: number) => number) => {
    const fleet = fleetOf();
    fleet.take(sizePoint(1000, { timeMs: T0, id: 'i0' }), T0);
    for (const [index, power] of powers.entries()) {
      const init = { id: `i${index}`, timeMs: T0 };
      fleet.take(rankPoint(ranks(power), init), T0);
      fleet.take(aspectPoint(METRIC_DRIFT_EVIDENCE.name, evidence(index), init), T0);
    }
    return only(fleet, T0).findings;
  };

  test('of five is named', () => {
    const findings = fleetWith([1, 1, 1, 1.8, 1], (index) => (index === 3 ? 1e7 : 2));
    expect(findings).toMatchObject([
      { kind: 'bad_pod', baselineId: BASELINE_ID, instance: 'i3', service: 'shop', evidence: 1e7 },
    ]);
  });

  test('is not, where another one has more evidence', () => {
    expect(fleetWith([1, 1, 1, 1.8, 1], (index) => (index === 0 ? 50 : 2))).toEqual([]);
  });

  test('is none where all have drifted, or none has', () => {
    expect(fleetWith([1.8, 1.8, 1.8, 1.8], () => 1e7)).toEqual([]);
    expect(fleetWith([1, 1, 1, 1], () => 1)).toEqual([]);
    expect(fleetWith([1, 3], (index) => index)).toEqual([]);
  });
});

describe('exponential histograms', () => {
  const values = Array.from({ length: 400 }, (_, index) => 0.5 + index / 800);

  test('are merged, cumulative ones by their difference', () => {
    const fleet = fleetOf();
    const init = { startTimeMs: T0, temporality: 'cumulative' } as const;
    fleet.take(valuePoint(values.slice(0, 200), { ...init, timeMs: T0, id: 'a' }), T0);
    fleet.take(valuePoint(values, { ...init, timeMs: T0 + 1000, id: 'a' }), T0 + 1000);
    fleet.take(valuePoint([-1, 0, 2], { timeMs: T0, id: 'b' }), T0);
    const merged = fleet.valuesOf(only(fleet, T0).stream, T0 + 1000);
    expect(merged && histogramCount(merged)).toBe(403);
    const [status] = only(fleet, T0 + 1000).values;
    expect(status).toMatchObject({ metric: 'ml.prediction.value', records: 403, ks: null });
    expect(status?.quantiles['p50']).toBeCloseTo(0.75, 1);
  });

  test('are compared with the values of the baseline, and say where they are blind', () => {
    const reference = {
      weights: weightsOfSize(400),
      designEffect: 1,
      values: exponentialHistogramOf(values),
    };
    const fleet = new FleetDrift(FLEET_OPTIONS, {
      byId: () => undefined,
      current: () => reference,
    });
    fleet.take(
      valuePoint(
        values.map((value) => value + 0.1),
        { timeMs: T0 },
      ),
      T0,
    );
    const [shifted] = only(fleet, T0).values;
    expect(shifted?.resolutionLoss).toBe(false);
    expect(shifted?.wasserstein).toBeCloseTo(0.1, 2);
    expect(shifted?.ks?.low).toBeGreaterThan(0.15);
    expect(shifted?.quantileDeltas?.['p50']).toBeCloseTo(0.1, 1);
    // One tiny value takes the resolution of all the others.
    fleet.take(valuePoint([1e-300, 1e300], { timeMs: T0, id: 'b' }), T0);
    expect(only(fleet, T0).values[0]).toMatchObject({ resolutionLoss: true, psi: null });
  });
});

test('uncertainties are compared with those of the baseline', () => {
  const probabilities = uniform(600, 1, (x) => 1 - x / 1000);
  const reference = referenceOf(baselineOf(probabilities, { kind: 'confidence' }));
  const fleet = new FleetDrift(FLEET_OPTIONS, {
    byId: () => undefined,
    current: () => reference,
  });
  const uncertainties = probabilities.map((p) => 1 - p);
  fleet.take(valuePoint(uncertainties, { timeMs: T0 }, 'ml.prediction.uncertainty'), T0);
  const [status] = only(fleet, T0).values;
  expect(status?.ks?.low).toBeLessThan(0.01);
  expect(status?.wasserstein).toBeLessThan(1e-5);
  expect(fleet.valuesOf(only(fleet, T0).stream, T0)).toBeUndefined();
});

test('records are summed by what they were', () => {
  const fleet = fleetOf();
  for (const id of ['a', 'b']) {
    const attributes = [['ml.drift.outcome', 'null'] as const];
    fleet.take(numberPoint(METRIC_DRIFT_RECORDS.name, 4, { id, timeMs: T0, attributes }), T0);
  }
  expect(only(fleet, T0).records).toEqual({ null: 8 });
});

describe('bad points', () => {
  const good = rankPoint(EVEN, { timeMs: T0 });
  const body = good.body.kind === 'histogram' ? good.body : undefined;
  const cases: readonly (readonly [string, Partial<FleetPoint>])[] = [
    ['count_mismatch', { body: { ...body, count: 999 } as FleetPoint['body'] }],
    ['not_a_count', { body: { ...body, count: 2 ** 60 } as FleetPoint['body'] }],
    ['bounds_mismatch', { body: { ...body, bounds: [1, 2, 3] } as FleetPoint['body'] }],
    [
      'too_many_buckets',
      { body: { ...body, counts: Array.from({ length: 1e6 }, () => 0) } as FleetPoint['body'] },
    ],
    ['unspecified_temporality', { temporality: 'unspecified' }],
    ['missing_attribute', { attributes: new Map() }],
    [
      'attributes_too_long',
      { attributes: new Map([...good.attributes, ['ml.drift.segment', 'x'.repeat(3000)]]) },
    ],
    ['not_finite', { body: { kind: 'number', value: Number.NaN } }],
    ['wrong_type', { body: { kind: 'number', value: 4 } }],
    ['ignored', { attributes: new Map([...good.attributes, ['ml.drift.scope', 'fleet']]) }],
    ['ignored', { metric: 'queue_depth' }],
    [
      'unsupported_scale',
      {
        body: {
          kind: 'exponential',
          count: 0,
          histogram: { ...exponentialHistogramOf([]), scale: 40 },
        },
      },
    ],
  ];

  test.for(cases)('%s', ([reason, change]) => {
    const fleet = fleetOf();
    expect(fleet.take({ ...good, ...change }, T0)).toBe(reason);
    expect(fleet.take(good, T0)).toBe('accepted');
    expect(recordsOf(fleet, T0)).toBe(1000);
  });

  test('beyond a limit are counted by the limit', () => {
    const fleet = fleetOf({ streamsMax: 1, instancesMax: 2 });
    const other = [['ml.drift.segment', 'EU'] as const];
    expect(fleet.take(good, T0)).toBe('accepted');
    expect(fleet.take(rankPoint(EVEN, { timeMs: T0, attributes: other }), T0)).toBe('max_streams');
    expect(fleet.take(rankPoint(EVEN, { timeMs: T0, id: 'b' }), T0)).toBe('accepted');
    expect(fleet.take(rankPoint(EVEN, { timeMs: T0, id: 'c' }), T0)).toBe('max_instances');
    for (let index = 0; index < 9; index += 1) {
      fleet.take(rankPoint(EVEN, { timeMs: T0 + index + 1 }, `id${index}`), T0);
    }
    expect(fleet.counters.rejected).toEqual({ max_streams: 1, max_instances: 1, max_baselines: 2 });
  });
});

test('series of all streams have one limit, and give their place back', () => {
  const fleet = fleetOf({ seriesMax: 2, windowMs: 5 * INTERVAL_MS });
  const send = (id: string, timeMs: number) => fleet.take(rankPoint(EVEN, { id, timeMs }), timeMs);
  expect(send('a', T0)).toBe('accepted');
  expect(fleet.take(valuePoint([1], { timeMs: T0 }), T0)).toBe('accepted');
  expect(send('b', T0)).toBe('max_series');
  const later = T0 + 10 * INTERVAL_MS;
  expect([fleet.status(later).streams, fleet.seriesCount]).toEqual([[], 0]);
  expect(send('b', later)).toBe('accepted');
});

test('fleetReadings() are finite gauges of the registry with labels that tell them apart', () => {
  const fleet = fleetOf();
  fleet.take(sizePoint(1000, { timeMs: T0 }), T0);
  fleet.take(rankPoint(LOW, { timeMs: T0 }), T0);
  fleet.take(aspectPoint(METRIC_DRIFT_EVIDENCE.name, 5, { timeMs: T0 }), T0);
  const readings = fleetReadings(fleet.status(T0));
  const names = readings.map(({ row, attributes }) => `${row.name} ${JSON.stringify(attributes)}`);
  expect(new Set(names).size).toBe(names.length);
  const strangers = readings.flatMap(({ row, attributes }) => {
    const known = new Set(row.attributes.map(({ name }) => name));
    return Object.keys(attributes).filter((name) => !known.has(name));
  });
  expect(strangers).toEqual([]);
  expect(readings.filter(({ row }) => row.name === 'ml.drift.fleet.evidence')).toMatchObject([
    { value: 5, attributes: { 'ml.drift.aspect': 'value', 'ml.model.name': 'fraud' } },
  ]);
});
