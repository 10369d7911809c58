import { describe, expect, test } from 'vitest';

import {
  fixedBets,
  type JitteredValue,
  PolyaUrn,
  SeededRandom,
  type UrnState,
  urnFromBaseline,
} from '@telltale/statistics';

import {
  meanRunLength,
  type RankerFactory,
  STREAMS,
  uniformityOfFirstRanks,
  uniformityOfMeans,
  uniformityOfStream,
} from './promise-checks.ts';

/* Errors that are easily made, to show that the checks of the promise would find them. */

type Jitter = (random: SeededRandom) => number;

interface Mutation {
  readonly jitter?: Jitter;
  readonly cut?: (pairs: readonly JitteredValue[]) => UrnState;
  readonly learns?: 'before' | 'after' | 'never';
}

function mutant({
  jitter = (random) => random.next(),
  cut = (pairs) => urnFromBaseline(pairs),
  learns = 'after',
}: Mutation): RankerFactory {
  return (baseline, random) => {
    const urn = new PolyaUrn(cut(baseline.map((value) => ({ value, tie: jitter(random) }))));
    return (value) => {
      const cell = urn.cell(value, jitter(random));
      if (learns === 'before') urn.learn(cell);
      const rank = urn.rank(cell, random.next());
      if (learns === 'after') urn.learn(cell);
      return rank;
    };
  };
}

/** Cuts where the data leave the widest gap, as borders "between clusters" would be. */
function cutAtWidestGap(pairs: readonly JitteredValue[]): UrnState {
  const sorted = pairs.map(({ value }) => value).toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((value, index) => value - (sorted[index] ?? 0));
  return urnFromBaseline(pairs, [gaps.indexOf(Math.max(...gaps)) + 2]);
}

/** Counts the values of each cell instead of its spacings: m of them, not m + 1. */
function cutIntoValues(pairs: readonly JitteredValue[]): UrnState {
  const { weights, ...borders } = urnFromBaseline(pairs);
  return { ...borders, weights: [...weights.slice(0, -1), (weights.at(-1) ?? 0) - 1] };
}

const P_MAX = 1e-6;

describe('checks of the promise find', () => {
  test('ties that are not broken', () => {
    const unbroken = mutant({ jitter: () => 0.5 });
    const { constant = () => 0, 'ten-valued': tenValued = constant } = STREAMS;
    expect(uniformityOfStream(unbroken, constant, 1000)).toBeLessThan(P_MAX);
    expect(meanRunLength(unbroken, tenValued, { threshold: 1000, runs: 50 })).toBeLessThan(200);
  });

  test('an urn that learns a record before it ranks it', () => {
    expect(uniformityOfFirstRanks(mutant({ learns: 'before' }))).toBeLessThan(P_MAX);
  });

  test('borders chosen from the data', () => {
    expect(uniformityOfFirstRanks(mutant({ cut: cutAtWidestGap }))).toBeLessThan(P_MAX);
  });

  test('spacings counted as values', () => {
    expect(uniformityOfFirstRanks(mutant({ cut: cutIntoValues }))).toBeLessThan(P_MAX);
  });

  test('an urn that never learns', () => {
    expect(uniformityOfMeans(mutant({ learns: 'never' }))).toBeLessThan(P_MAX);
  });

  test.for([
    { name: 'evidence that drops its new start', start: 0, gain: 0 },
    { name: 'nothing when it is there', start: 1, gain: 1 },
  ])('$name', ({ start, gain }) => {
    const random = new SeededRandom(41);
    let chains = fixedBets(0.3).map(() => 5 * random.next());
    const before = chains.reduce((sum, value) => sum + value, 0) / chains.length;
    const steps = 10_000;
    let after = 0;
    for (let k = 0; k < steps; k += 1) {
      const factors = fixedBets((k + 0.5) / steps);
      const next = chains.map((value, bet) => (value + start) * (factors[bet] ?? 1));
      after += next.reduce((sum, value) => sum + value, 0) / chains.length / steps;
    }
    expect(after - before).toBeCloseTo(gain, 6);
    chains = fixedBets(0.3).map(() => 0);
    for (let k = 0; k < 1000; k += 1) {
      const factors = fixedBets(random.next() ** 2);
      chains = chains.map((value, bet) => (value + start) * (factors[bet] ?? 1));
    }
    expect(Math.max(...chains) > 1e6).toBe(gain === 1);
  });
});
