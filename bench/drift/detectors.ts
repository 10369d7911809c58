import {
  Adwin,
  binOf,
  populationStabilityIndex,
  quantileEdges,
  type SeededRandom,
  SlidingKs,
  type UrnState,
  urnFromBaseline,
} from '@telltale/statistics';

import { mayLearn } from '../../instrumentations/drift/src/compare/evidence/may-learn.ts';
import { ValueEvidence } from '../../instrumentations/drift/src/compare/evidence/value-evidence.ts';

/** Something that says at every record whether it alarms. */
export interface Alarm {
  /** @returns whether it alarms at this record */
  readonly update: (value: number) => boolean;
}

export type AlarmFactory = (baseline: readonly number[], random: SeededRandom) => Alarm;

/** What the evidence of a stream is made of. */
export interface EvidenceOptions {
  /** Mean number of records between false alarms. */
  readonly promise: number;
  /** Every n-th record of stream and baseline is taken. */
  readonly thin?: number;
}

/** The urn over every n-th value of a baseline. */
export function cellsOf(baseline: readonly number[], random: SeededRandom, thin = 1): UrnState {
  const kept = thin === 1 ? baseline : baseline.filter((_, index) => index % thin === 0);
  return urnFromBaseline(kept.map((value) => ({ value, tie: random.next() })));
}

/** Alarms when the evidence reaches its threshold. */
export function evidenceAlarm(
  evidence: ValueEvidence,
  random: SeededRandom,
  { promise, thin = 1 }: EvidenceOptions,
): Alarm {
  const threshold = promise / thin;
  let untilTaken = thin;
  let taken = 0;
  return {
    update: (value) => {
      untilTaken -= 1;
      if (untilTaken > 0) return false;
      untilTaken = thin;
      taken += 1;
      evidence.observe(evidence.cell(value, random.next()));
      const found = evidence.value;
      // What looks a little changed is not learned; a stream looks as often.
      if (taken % EVALUATED_EVERY === 0) evidence.isLearning = mayLearn(found, threshold);
      return found >= threshold;
    },
  };
}

/** Our detector at a promised mean number of records between false alarms. */
export function eDetector(options: EvidenceOptions): AlarmFactory {
  const { promise, thin } = options;
  return (baseline, random) => {
    const evidence = new ValueEvidence({ cells: cellsOf(baseline, random, thin), random, promise });
    return evidenceAlarm(evidence, random, options);
  };
}

const WINDOW = 1000;
const EVALUATED_EVERY = 20;

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
        return (
          record >= WINDOW && record % EVALUATED_EVERY === 0 && sliding.statistic() > threshold
        );
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
        if (record < WINDOW || record % EVALUATED_EVERY !== 0) return false;
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

/** Alarms by the clock alone. */
export const everyHundred: AlarmFactory = () => {
  let record = 0;
  return {
    update: () => {
      record += 1;
      return record % 100 === 0;
    },
  };
};

function add(counts: number[], bin: number, by: number): void {
  counts[bin] = (counts[bin] ?? 0) + by;
}

/** Records until the first alarm, that one included; `undefined` without one. */
export function firstAlarm(
  alarm: Alarm,
  draw: () => number,
  recordsMax: number,
): number | undefined {
  for (let record = 1; record <= recordsMax; record += 1) {
    if (alarm.update(draw())) return record;
  }
  return undefined;
}
