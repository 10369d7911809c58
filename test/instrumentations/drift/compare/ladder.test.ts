import { describe, expect, test } from 'vitest';

import { chiSquareSurvival, SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type DriftTransition } from '@telltale/instrumentation-drift';

import { Ladder } from '../../../../instrumentations/drift/src/compare/ladder.ts';

const KEY = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;

describe('Ladder', () => {
  const ladderOf = (reference: readonly number[], designEffect = 1): Ladder =>
    new Ladder({ window: 10, designEffect, reference: () => reference }, reference.length);
  const feed = (ladder: Ladder, counts: readonly number[]): void => {
    for (const [cell, count] of counts.entries()) {
      for (let index = 0; index < count; index += 1) ladder.observe(cell);
    }
  };

  test('a block of ten windows is read when it is full', () => {
    const ladder = ladderOf([500, 500]);
    feed(ladder, [50, 49]);
    expect(ladder.rungs).toEqual([]);
    ladder.observe(1);
    const [rung] = ladder.rungs;
    expect(rung).toMatchObject({ records: 100, ks: { low: 0 }, isWarned: false });
    expect(rung?.p).toBeGreaterThan(0.99);
  });

  test('a long block is ten short ones', () => {
    const ladder = ladderOf([500, 500]);
    for (let block = 0; block < 10; block += 1) feed(ladder, [60, 40]);
    const [short, long] = ladder.rungs;
    expect(short?.records).toBe(100);
    expect(long?.records).toBe(1000);
    expect(long?.ks.low).toBeCloseTo(0.1, 12);
    expect(long?.p).toBeLessThan(short?.p ?? 0);
  });

  test('p is the tail of the index, and dependence widens it', () => {
    const psiOf = (p: number, q: number): number => (p - q) * Math.log(p / q);
    // Krichevsky and Trofimov's smoothing of (500, 500) and (60, 40).
    const share = 60.5 / 101;
    const psi = psiOf(0.5, share) + psiOf(0.5, 1 - share);
    const harmonic = (1000 * 100) / 1100;
    for (const designEffect of [1, 2]) {
      const ladder = ladderOf([500, 500], designEffect);
      feed(ladder, [60, 40]);
      expect(ladder.rungs[0]?.p).toBeCloseTo(
        chiSquareSurvival((psi * harmonic) / designEffect, 1),
        12,
      );
    }
  });

  test('warns from the share of the promise on, and forgets when cleared', () => {
    const ladder = ladderOf([500, 500]);
    feed(ladder, [60, 40]);
    const p = ladder.rungs[0]?.p ?? 0;
    expect(ladder.judge((100 / 3 / p) * 1.01)).toBe(false);
    expect(ladder.judge((100 / 3 / p) * 0.99)).toBe(true);
    expect(ladder.isWarned).toBe(true);
    ladder.clear();
    expect(ladder.isWarned).toBe(false);
    expect(ladder.rungs).toEqual([]);
  });

  test('a snapshot goes on where it was taken', () => {
    const ladder = ladderOf([500, 300, 200]);
    feed(ladder, [300, 200, 133]);
    const parts = { window: 10, designEffect: 1, reference: () => [500, 300, 200] };
    const copy = new Ladder(parts, 3, JSON.parse(JSON.stringify(ladder.snapshot())));
    for (const one of [ladder, copy]) feed(one, [300, 100, 100]);
    expect(copy.snapshot()).toEqual(ladder.snapshot());
  });
});

describe('a stream with a frozen reference', () => {
  /** Past the freeze, at 100 000 records of a promise of 1e6. */
  function frozen(options = {}) {
    const monitor = new DriftMonitor({
      ...options,
      falseAlarmEvery: 1e6,
      window: 500,
      thinning: 1,
      seed: 2,
      now: () => 0,
    });
    const transitions: DriftTransition[] = [];
    monitor.onTransition((transition) => transitions.push(transition));
    const stream = monitor.stream(KEY, 'numeric');
    const random = new SeededRandom(154);
    const observe = (count: number, shift = 0): void => {
      for (let index = 0; index < count; index += 1) stream.observe(standardNormal(random) + shift);
    };
    observe(1100);
    expect(monitor.status()[0]?.ladder).toBeNull();
    observe(100_000);
    return { monitor, observe, transitions, random };
  }

  test('clean blocks say nothing', () => {
    const { monitor, observe, transitions } = frozen();
    observe(60_000);
    const ladder = monitor.status()[0]?.ladder ?? [];
    expect(ladder.map(({ records }) => records)).toEqual([5000, 50_000]);
    expect(ladder.map(({ warned }) => warned)).toEqual([false, false]);
    expect(transitions.filter(({ to }) => to === 'drift' || to === 'alert')).toEqual([]);
  });

  test('a change too small for a window is a warning', () => {
    const { monitor, observe } = frozen({ driftThreshold: 0.2, alertThreshold: 0.3 });
    observe(60_000, 0.06);
    const [status] = monitor.status();
    const long = status?.ladder?.[1];
    expect(long?.warned).toBe(true);
    expect(long?.p).toBeLessThan(1e-3);
    expect(long?.ks.lo).toBeGreaterThan(0.01);
    expect(status?.state).toBe('warning');
  });

  test('a restored monitor goes on bit by bit', () => {
    const { monitor, observe, random } = frozen();
    observe(7000);
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    expect(copy.status()).toEqual(monitor.status());
    const streams = [monitor, copy].map((one) => one.stream(KEY, 'numeric'));
    for (let index = 0; index < 8000; index += 1) {
      const value = standardNormal(random) + 0.1;
      for (const stream of streams) stream.observe(value);
    }
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    expect(copy.status()).toEqual(monitor.status());
  });
});
