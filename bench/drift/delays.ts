import { type SeededRandom, standardNormal } from '@telltale/statistics';

import { ValueEvidence } from '../../instrumentations/drift/src/compare/evidence/value-evidence.ts';
import { type Alarm, cellsOf, evidenceAlarm, firstAlarm } from './detectors.ts';
import { generatorOf, median, quantile } from './statistics.ts';
import { CHANGES } from './streams.ts';

/** How much longer a median may be than the published one; a shorter one is no fault. */
const DELAY_RATIO_MAX = 1.15;
const SEARCH_MAX = 20_000;

export interface DelayTask {
  readonly baseline: number;
  readonly promised: number;
  /** Records without change between the baseline and the change. */
  readonly clean: number;
  readonly runs: number;
  /** Published medians, in the order of `CHANGES`. */
  readonly published: readonly number[];
}

export interface Delay {
  readonly change: string;
  readonly baseline: number;
  readonly promised: number;
  readonly clean: number;
  /** Runs without an alarm before the change. */
  readonly runs: number;
  /** Records from the change to the alarm; `null` where more runs did not find it. */
  readonly medianDelay: number | null;
  readonly ninetiethPercentile: number | null;
  /** Share of changes found within 20,000 records. */
  readonly foundShare: number;
  readonly published: number;
  readonly ratio: number | null;
  readonly holds: boolean;
}

/** The published table of delays, row by row. */
export const DELAYS: readonly DelayTask[] = [
  {
    baseline: 1000,
    promised: 1e5,
    clean: 2000,
    runs: 1200,
    published: [2302, 308, 91, 37, 237, 220, 92, 265, 695],
  },
  {
    baseline: 10_000,
    promised: 1e5,
    clean: 2000,
    runs: 800,
    published: [1336, 278, 87, 36, 220, 208, 94, 234, 456],
  },
  {
    baseline: 1000,
    promised: 1e6,
    clean: 2000,
    runs: 1200,
    published: [4439, 408, 119, 46, 326, 281, 121, 341, 931],
  },
  {
    baseline: 1000,
    promised: 1e6,
    clean: 20_000,
    runs: 800,
    published: [1897, 361, 108, 44, 302, 268, 116, 303, 784],
  },
];

/** Every change is tried from the same start: baseline and clean records cost most. */
export function measureDelays(task: DelayTask, seed: number): readonly Delay[] {
  const found = CHANGES.map((): number[] => []);
  let tried = 0;
  for (let run = 0; run < task.runs; run += 1) {
    const random = generatorOf(seed, run);
    const start = startOf(task, random);
    if (start === undefined) continue;
    tried += 1;
    for (const [index, { draw }] of CHANGES.entries()) {
      const delay = firstAlarm(start(), () => draw(random), SEARCH_MAX);
      found[index]?.push(delay ?? Number.POSITIVE_INFINITY);
    }
  }
  return CHANGES.map(({ name }, index) => {
    const delays = found[index] ?? [];
    const published = task.published[index] ?? Number.NaN;
    const medianDelay = finiteOrNull(median(delays));
    const ratio = medianDelay === null ? null : medianDelay / published;
    return {
      change: name,
      baseline: task.baseline,
      promised: task.promised,
      clean: task.clean,
      runs: tried,
      medianDelay,
      ninetiethPercentile: finiteOrNull(quantile(delays, 0.9)),
      foundShare: delays.filter(Number.isFinite).length / tried,
      published,
      ratio,
      holds: ratio !== null && ratio <= DELAY_RATIO_MAX,
    };
  });
}

const finiteOrNull = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/** Makes detectors that have seen a baseline and clean records; `undefined` after an alarm there. */
function startOf(task: DelayTask, random: SeededRandom): (() => Alarm) | undefined {
  const options = { promise: task.promised };
  const baseline = Array.from({ length: task.baseline }, () => standardNormal(random));
  const parts = { cells: cellsOf(baseline, random), random, promise: task.promised };
  const evidence = new ValueEvidence(parts);
  const clean = evidenceAlarm(evidence, random, options);
  if (firstAlarm(clean, () => standardNormal(random), task.clean) !== undefined) return undefined;
  const snapshot = evidence.snapshot();
  return () => evidenceAlarm(new ValueEvidence(parts, snapshot), random, options);
}
