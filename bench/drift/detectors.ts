import {
  Adwin,
  binOf,
  EDetector,
  PolyaUrn,
  populationStabilityIndex,
  quantileEdges,
  type SeededRandom,
  SlidingKs,
  urnFromBaseline,
} from '@telltale/statistics';

/** Something that says at every record whether it alarms. */
export interface Alarm {
  /** @returns whether it alarms at this record */
  readonly update: (value: number) => boolean;
}

export type AlarmFactory = (baseline: readonly number[], random: SeededRandom) => Alarm;

/** Our detector at a threshold; with `thin` it takes every thin-th record of stream and baseline. */
export function eDetector(threshold: number, thin = 1): AlarmFactory {
  return (baseline, random) => {
    const pairs = baseline
      .filter((_, index) => index % thin === 0)
      .map((value) => ({ value, tie: random.next() }));
    const urn = new PolyaUrn(urnFromBaseline(pairs));
    const detector = new EDetector();
    let record = 0;
    return {
      update: (value) => {
        record += 1;
        if (record % thin !== 0) return false;
        const cell = urn.cell(value, random.next());
        const evidence = detector.update(urn.rank(cell, random.next()));
        urn.learn(cell);
        return evidence >= threshold / thin;
      },
    };
  };
}

const WINDOW = 1000;

/** The textbook rule: the distance of a sliding window above a fixed threshold. */
export const ksRule =
  (threshold: number): AlarmFactory =>
  (baseline) => {
    const sliding = new SlidingKs(baseline, WINDOW);
    let record = 0;
    return {
      update: (value) => {
        sliding.push(value);
        record += 1;
        return record >= WINDOW && record % 20 === 0 && sliding.statistic() > threshold;
      },
    };
  };

export const psiRule =
  (threshold: number): AlarmFactory =>
  (baseline) => {
    const edges = quantileEdges(baseline, 10);
    const reference = Array.from({ length: edges.length + 1 }, () => 0);
    for (const value of baseline) add(reference, binOf(edges, value), 1);
    const counts = reference.map(() => 0);
    const ring: number[] = [];
    let record = 0;
    return {
      update: (value) => {
        const bin = binOf(edges, value);
        add(counts, bin, 1);
        const oldest = ring[record % WINDOW];
        if (oldest !== undefined) add(counts, oldest, -1);
        ring[record % WINDOW] = bin;
        record += 1;
        if (record < WINDOW || record % 20 !== 0) return false;
        return (populationStabilityIndex(reference, counts) ?? 0) > threshold;
      },
    };
  };

export const adwinRule: AlarmFactory = (baseline) => {
  const adwin = new Adwin();
  for (const value of baseline) adwin.update(value);
  return { update: (value) => adwin.update(value) };
};

/** A detector that always alarms and one that never does: what any figure must be read beside. */
export const always: AlarmFactory = () => ({ update: () => true });
export const never: AlarmFactory = () => ({ update: () => false });

function add(counts: number[], bin: number, by: number): void {
  counts[bin] = (counts[bin] ?? 0) + by;
}
