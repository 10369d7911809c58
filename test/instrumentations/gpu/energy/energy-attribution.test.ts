import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Attribution,
  EnergyAttribution,
} from '../../../../instrumentations/gpu/src/energy/energy-attribution.ts';

type Recorded = readonly [joules: number, attribution: Attribution];

function setUp() {
  const recorded: Recorded[] = [];
  const energy = new EnergyAttribution((joules, attribution) =>
    recorded.push([joules, attribution]),
  );
  const sample = (atUs: number, joules: number, hasOthers = false): void =>
    energy.sample({ atUs, joules: new Map([['GPU-1', joules]]), hasOthers });
  return { energy, recorded, sample };
}

describe('EnergyAttribution', () => {
  test('a run alone gets the energy of its part of the gap', () => {
    const { energy, recorded, sample } = setUp();
    const run = {};
    sample(0, 0);
    energy.begin(run, 250);
    energy.end(run, 750);
    sample(1_000, 100);
    expect(recorded).toEqual([[50, 'exclusive']]);
  });

  test('a run over several gaps is recorded after the sample behind its end', () => {
    const { energy, recorded, sample } = setUp();
    const run = {};
    sample(0, 0);
    energy.begin(run, 500);
    sample(1_000, 100);
    sample(2_000, 300);
    energy.end(run, 2_500);
    expect(recorded).toEqual([]);
    sample(3_000, 400);
    expect(recorded).toEqual([[50 + 200 + 50, 'exclusive']]);
  });

  test('runs at the same time share what their union used', () => {
    const { energy, recorded, sample } = setUp();
    const [one, two] = [{}, {}];
    sample(0, 0);
    energy.begin(one, 0);
    energy.begin(two, 500);
    energy.end(one, 1_000);
    energy.end(two, 1_000);
    sample(1_000, 90);
    expect(recorded).toEqual([
      [60, 'shared'],
      [30, 'shared'],
    ]);
  });

  test('runs one after the other are exclusive, unless another process has the device', () => {
    for (const hasOthers of [false, true]) {
      const { energy, recorded, sample } = setUp();
      const [one, two] = [{}, {}];
      sample(0, 0);
      energy.begin(one, 0);
      energy.end(one, 500);
      energy.begin(two, 500);
      energy.end(two, 1_000);
      sample(1_000, 100, hasOthers);
      const attribution = hasOthers ? 'shared' : 'exclusive';
      expect(recorded).toEqual([
        [50, attribution],
        [50, attribution],
      ]);
    }
  });

  test('nothing is told of runs before the first sample, nor of a device that just came', () => {
    const { energy, recorded, sample } = setUp();
    const run = {};
    energy.begin(run, 0);
    energy.end(run, 10);
    sample(100, 5_000);
    sample(200, 5_100);
    expect(recorded).toEqual([]);
    const other = {};
    energy.begin(other, 200);
    energy.end(other, 300);
    energy.sample({
      atUs: 300,
      joules: new Map([
        ['GPU-1', 5_150],
        ['GPU-2', 99_999],
      ]),
      hasOthers: false,
    });
    expect(recorded).toEqual([[50, 'exclusive']]);
  });

  test('shares never add up to more than the energy, and to all of it when runs cover the gap', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 900 }));
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 30 }),
        fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
        fc.boolean(),
        (intervals, energies, covers) => {
          const { energy, recorded, sample } = setUp();
          const all = covers ? [...intervals, [0, 4_000] as const] : intervals;
          const moments = all.flatMap(([start, length]) => {
            const run = {};
            return [
              { at: start, act: () => energy.begin(run, start) },
              { at: start + length, act: () => energy.end(run, start + length) },
            ];
          });
          let total = 0;
          sample(0, 0);
          // Runs first where times are equal, as a sample comes after what it covers.
          const steps = energies.map((joules, index) => ({
            at: (index + 1) * 1_000 + 0.5,
            act: () => {
              total += joules;
              sample((index + 1) * 1_000, total);
            },
          }));
          for (const { act } of [...moments, ...steps].toSorted((a, b) => a.at - b.at)) act();
          const sum = recorded.reduce((joules, [one]) => joules + one, 0);
          const isWithin = sum <= total + 1e-6;
          return covers ? isWithin && sum >= total - 1e-6 : isWithin;
        },
      ),
      { seed: 19 },
    );
  });
});
