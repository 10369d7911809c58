import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { onePerBlock, SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  type DriftOptions,
  type DriftTransition,
} from '@telltale/instrumentation-drift';

import {
  BlockSampler,
  blockNumber,
} from '../../../../instrumentations/drift/src/compare/block-sampler.ts';

const KEY = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;

/** A sampler and what it told. */
function sampling(overlaps: boolean) {
  const taken = { outcomes: [] as number[], values: [] as number[], skipped: 0 };
  const listener = {
    onOutcome: (outcome: number) => taken.outcomes.push(outcome),
    onValue: ({ cell }: { cell: number }) => taken.values.push(cell),
    onSkipped: (records: number) => {
      taken.skipped += records;
    },
  };
  const random = new SeededRandom(1);
  const sampler = new BlockSampler({ random, listener, overlaps });
  const feed = (block: number, value: number): void => {
    sampler.enter(block);
    sampler.observeOutcome(0);
    sampler.observeValue({ cell: value, place: value, novel: 0 });
  };
  return { sampler, taken, feed };
}

describe('BlockSampler', () => {
  test('one value of each block that has ended', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }), (sizes) => {
        const { taken, feed } = sampling(false);
        for (const [block, size] of sizes.entries()) {
          for (let record = 0; record < size; record += 1) feed(block, block);
        }
        feed(-1, -1);
        const records = sizes.reduce((sum, size) => sum + size, 0);
        expect(taken.values).toEqual(sizes.map((_, block) => block));
        expect(taken.skipped).toBe(records - sizes.length);
      }),
    );
  });

  test('each record of a block is kept as often as the others', () => {
    const { taken, feed } = sampling(false);
    for (let block = 0; block < 20_000; block += 1) {
      for (let record = 0; record < 4; record += 1) feed(block, record);
    }
    const share = (record: number): number =>
      taken.values.filter((value) => value === record).length / taken.values.length;
    for (const record of [0, 1, 2, 3]) expect(share(record)).toBeCloseTo(0.25, 1.7);
  });

  test('sessions overlap, and end when 64 others have begun', () => {
    const { taken, feed } = sampling(true);
    for (let round = 0; round < 5; round += 1) {
      for (let session = 0; session < 64; session += 1) feed(session, session);
    }
    expect(taken.values).toEqual([]);
    for (let session = 64; session < 74; session += 1) feed(session, session);
    expect(taken.values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(taken.skipped).toBe(40);
  });

  test('a block without a value gives an outcome alone', () => {
    const { sampler, taken } = sampling(false);
    for (const block of [1, 2]) {
      sampler.enter(block);
      sampler.observeOutcome(1);
    }
    expect(taken).toEqual({ outcomes: [1], values: [], skipped: 0 });
  });
});

test('onePerBlock() takes one of each, also of blocks that overlap', () => {
  const values = ['a1', 'b1', 'a2', 'b2', 'a3', 'c1'];
  const picked = onePerBlock(values, [1, 2, 1, 2, 1, 3], new SeededRandom(3));
  expect(picked.map((value) => value[0])).toEqual(['a', 'b', 'c']);
});

test('blockNumber() tells sessions apart and is a safe integer', () => {
  const numbers = Array.from({ length: 50_000 }, (_, index) => blockNumber(`session-${index}`));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.every((number) => Number.isSafeInteger(number))).toBe(true);
  expect(blockNumber(42)).toBe(42);
});

describe('sampleBy', () => {
  /** Sessions whose values are all nearly the same: ten records that weigh as one. */
  function watching(options: Partial<DriftOptions>) {
    const clock = { nowMs: 0 };
    const monitor = new DriftMonitor({
      falseAlarmEvery: 1e5,
      baseline: { size: 10_000, warmup: 0 },
      now: () => clock.nowMs,
      ...options,
    });
    const transitions: DriftTransition[] = [];
    monitor.onTransition((transition) => transitions.push(transition));
    const stream = monitor.stream(KEY, 'numeric');
    const random = new SeededRandom(11);
    let session = 0;
    const sessions = (count: number, shift = 0): void => {
      for (let index = 0; index < count; index += 1) {
        session += 1;
        clock.nowMs = session * 1000;
        const level = standardNormal(random) + shift;
        for (let record = 0; record < 10; record += 1) {
          stream.observe(level + 0.1 * standardNormal(random), `user-${session}`);
        }
      }
    };
    const incidents = (): readonly DriftTransition[] =>
      transitions.filter(({ to }) => to === 'drift' || to === 'alert');
    return { monitor, sessions, incidents };
  }

  test('every record for itself cries wolf', () => {
    const { sessions, incidents } = watching({ thinning: 1 });
    sessions(3000);
    expect(incidents()).not.toEqual([]);
  });

  test.for<readonly [string, Partial<DriftOptions>]>([
    ['session', { sampleBy: 'session' }],
    ['batch', { sampleBy: 'batch' }],
    ['a second', { sampleBy: 1000 }],
  ])('by %s: one record of each, no false alarm, and a shift is found', ([, options]) => {
    const { monitor, sessions, incidents } = watching(options);
    sessions(4000);
    const state = monitor.find(KEY);
    expect(state?.comparison?.baseline.thin).toBe(10);
    expect(incidents().filter(({ evidence, threshold }) => evidence >= threshold)).toEqual([]);
    const before = state?.comparison?.value.evidence.records ?? 0;
    expect(before).toBeGreaterThan(2800);
    expect(before).toBeLessThanOrEqual(3000);
    sessions(400, 2);
    expect(incidents().map(({ aspect }) => aspect)).toContain('value');
    expect(state?.counts.thinned).toBeGreaterThan(25_000);
  });

  test('a restored monitor goes on bit by bit, while learning and after', () => {
    for (const warm of [500, 1500]) {
      const { monitor, sessions } = watching({ sampleBy: 'session' });
      sessions(warm);
      const copy = new DriftMonitor(monitor.options);
      expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
      const streams = [monitor, copy].map((one) => one.stream(KEY, 'numeric'));
      const random = new SeededRandom(5);
      for (let record = 0; record < 12_000; record += 1) {
        const value = standardNormal(random);
        for (const stream of streams) stream.observe(value, Math.floor(record / 7));
      }
      expect(copy.snapshot()).toEqual(monitor.snapshot());
    }
  });

  test('records without a block are blocks of their own', () => {
    const monitor = new DriftMonitor({ sampleBy: 'batch', now: () => 0 });
    const stream = monitor.stream(KEY, 'numeric');
    const random = new SeededRandom(5);
    for (let record = 0; record < 2000; record += 1) stream.observe(standardNormal(random));
    expect(monitor.find(KEY)?.comparison?.baseline.thin).toBe(1);
    expect(monitor.find(KEY)?.counts.thinned).toBe(0);
  });
});
