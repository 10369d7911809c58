import {
  EDetector,
  kolmogorovSurvival,
  normalSurvival,
  PolyaUrn,
  SeededRandom,
  standardNormal,
  urnFromBaseline,
} from '@telltale/statistics';

/* Checks of the promise about false alarms, for the product and for mutants of it alike. */

export type Draw = (random: SeededRandom) => number;

/** Gives a record its rank and then learns it. */
export type Ranker = (value: number, random: SeededRandom) => number;
export type RankerFactory = (baseline: readonly number[], random: SeededRandom) => Ranker;

export const STREAMS: Readonly<Record<string, Draw>> = {
  continuous: standardNormal,
  'ten-valued': (random) => Math.floor(10 * random.next()),
  'zero-inflated': (random) => (random.next() < 0.3 ? 0 : random.next()),
  constant: () => 7,
  // Places of categories, the first of them the most frequent one.
  categorical: (random) => Math.floor(1 / (0.02 + random.next())),
};

export const urnRanks: RankerFactory = (baseline, random) => {
  const pairs = baseline.map((value) => ({ value, tie: random.next() }));
  const urn = new PolyaUrn(urnFromBaseline(pairs));
  return (value) => {
    const cell = urn.cell(value, random.next());
    const rank = urn.rank(cell, random.next());
    urn.learn(cell);
    return rank;
  };
};

/** How likely uniform numbers are to be as far from uniform as these. */
function uniformity(ranks: readonly number[]): number {
  const sorted = Float64Array.from(ranks).sort();
  const n = sorted.length;
  let distance = 0;
  for (let index = 0; index < n; index += 1) {
    const rank = sorted[index] ?? 0;
    distance = Math.max(distance, rank - index / n, (index + 1) / n - rank);
  }
  const root = Math.sqrt(n);
  return kolmogorovSurvival((root + 0.12 + 0.11 / root) * distance);
}

/** Of the ranks of one long stream. */
export function uniformityOfStream(create: RankerFactory, draw: Draw, records = 100_000): number {
  const random = new SeededRandom(21);
  const baseline = Array.from({ length: 1000 }, () => draw(random));
  const rank = create(baseline, random);
  return uniformity(Array.from({ length: records }, () => rank(draw(random), random)));
}

/** Of the first rank after a baseline so small that an error of one spacing shows. */
export function uniformityOfFirstRanks(create: RankerFactory): number {
  const random = new SeededRandom(22);
  const first = (): number => {
    const baseline = Array.from({ length: 8 }, () => standardNormal(random));
    return create(baseline, random)(standardNormal(random), random);
  };
  return uniformity(Array.from({ length: 20_000 }, first));
}

/** Of the means of streams: ranks that depend on one another have means that vary too much. */
export function uniformityOfMeans(create: RankerFactory): number {
  const random = new SeededRandom(23);
  const records = 200;
  const mean = (): number => {
    const baseline = Array.from({ length: 20 }, () => standardNormal(random));
    const rank = create(baseline, random);
    let sum = 0;
    for (let k = 0; k < records; k += 1) sum += rank(standardNormal(random), random);
    return normalSurvival((sum / records - 0.5) * Math.sqrt(12 * records));
  };
  return uniformity(Array.from({ length: 1000 }, mean));
}

/** Mean records until the evidence reaches a threshold on data that never change. */
export function meanRunLength(
  create: RankerFactory,
  draw: Draw,
  { threshold, runs }: { readonly threshold: number; readonly runs: number },
): number {
  let records = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = new SeededRandom(1000 + run);
    const rank = create(
      Array.from({ length: 1000 }, () => draw(random)),
      random,
    );
    const detector = new EDetector();
    while (detector.evidence < threshold) {
      detector.update(rank(draw(random), random));
      records += 1;
    }
  }
  return records / runs;
}
