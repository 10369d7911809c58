import { type SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type StreamKind } from '@telltale/instrumentation-drift';

import { generatorOf, median } from './statistics.ts';

/** A change of a few per cent of the records, which no window shows well. */
interface ModerateChange {
  readonly change: string;
  readonly kind: StreamKind;
  readonly before: (random: SeededRandom) => unknown;
  readonly after: (random: SeededRandom) => unknown;
}

export interface ModerateTask extends ModerateChange {
  /** Records without change between the baseline and the change. */
  readonly clean: number;
  /** Whether the change begins while the baseline is still small; such rows have no bar. */
  readonly isEarly: boolean;
  readonly runs: number;
}

export interface ModerateRow {
  readonly change: string;
  /** Records of the baseline in force when the change begins. */
  readonly baseline: number;
  readonly clean: number;
  readonly runs: number;
  /** Found within 20,000 records, by evidence. */
  readonly found: number;
  readonly medianDelay: number | null;
  readonly maxDelay: number | null;
  readonly holds: boolean | null;
}

export interface QuietTask extends ModerateChange {
  readonly records: number;
  readonly runs: number;
}

export interface QuietRow {
  readonly stream: string;
  readonly records: number;
  readonly runs: number;
  /** Runs in which evidence reached its threshold although nothing changed. */
  readonly evident: number;
  /** Runs that were in drift or alert once. */
  readonly incidents: number;
  /** Most runs with evidence that the promise allows, with three standard errors. */
  readonly evidentMax: number;
  readonly holds: boolean;
}

const SEARCH_MAX = 20_000;
const PROMISED = 1e6;
/** Records after which the large baseline must be there, warm-up and the small one included. */
const GROWN_MAX = 40_000;

const binary =
  (share: number) =>
  (random: SeededRandom): string =>
    random.next() < share ? '1' : '0';

/** Scores of which a share belongs to a second bump. */
const mixture =
  (share: number) =>
  (random: SeededRandom): number => {
    const center = random.next() < share ? 2 : -2;
    return 1 / (1 + Math.exp(-(center + 0.7 * standardNormal(random))));
  };

const gappy =
  (share: number) =>
  (random: SeededRandom): number | null => {
    const value = standardNormal(random);
    return random.next() < share ? null : value;
  };

const CHANGES: readonly ModerateChange[] = [
  { change: 'class 2 % -> 0', kind: 'categorical', before: binary(0.02), after: binary(0) },
  { change: 'class 2 % -> 5 %', kind: 'categorical', before: binary(0.02), after: binary(0.05) },
  { change: 'class 10 % -> 16 %', kind: 'categorical', before: binary(0.1), after: binary(0.16) },
  { change: 'score mix 5 % -> 10 %', kind: 'score', before: mixture(0.05), after: mixture(0.1) },
  { change: 'nulls 2 % -> 5 %', kind: 'numeric', before: gappy(0.02), after: gappy(0.05) },
];

export const MODERATE: readonly ModerateTask[] = [
  ...[0, 2000].flatMap((clean) =>
    CHANGES.map((change) => ({ ...change, clean, isEarly: false, runs: 5 })),
  ),
  ...CHANGES.map((change) => ({ ...change, clean: 0, isEarly: true, runs: 5 })),
];

export const QUIET: readonly QuietTask[] = CHANGES.map((change) => ({
  ...change,
  records: 100_000,
  runs: 20,
}));

/** One stream with all defaults. */
function streamOf(kind: StreamKind, random: SeededRandom) {
  const monitor = new DriftMonitor({ falseAlarmEvery: PROMISED, seed: random.nextUint32() });
  const key = { model: 'm', version: '1', name: 's', direction: 'output' } as const;
  const stream = monitor.stream(key, kind);
  const [watched] = monitor.streams();
  if (watched === undefined) throw new TypeError('Cannot watch a stream that is not there');
  const isEvident = (): boolean =>
    watched.aspects().some(({ evidence, threshold }) => evidence.value >= threshold);
  const isIncident = (): boolean => watched.state === 'drift' || watched.state === 'alert';
  return {
    observe: (value: unknown): void => stream.observe(value),
    baseline: (): number => watched.comparison?.baseline.missing.records ?? 0,
    isEvident,
    isIncident,
  };
}

/** Whether a change is found, by a monitor with all defaults, within 20,000 records. */
export function measureModerate(task: ModerateTask, seed: number): ModerateRow {
  const delays: number[] = [];
  let baseline = 0;
  for (let run = 0; run < task.runs; run += 1) {
    const random = generatorOf(seed, run);
    const stream = streamOf(task.kind, random);
    const wanted = task.isEarly ? 500 : 9000;
    for (let record = 0; stream.baseline() < wanted && record < GROWN_MAX; record += 1) {
      stream.observe(task.before(random));
    }
    baseline = stream.baseline();
    for (let record = 0; record < task.clean; record += 1) stream.observe(task.before(random));
    for (let record = 1; record <= SEARCH_MAX; record += 1) {
      stream.observe(task.after(random));
      if (!stream.isEvident()) continue;
      delays.push(record);
      break;
    }
  }
  const { change, clean, runs, isEarly } = task;
  return {
    change,
    baseline,
    clean,
    runs,
    found: delays.length,
    medianDelay: median(delays),
    maxDelay: delays.length === 0 ? null : Math.max(...delays),
    holds: isEarly ? null : delays.length === runs,
  };
}

/** How often evidence is found where there is no change. */
export function measureQuiet(task: QuietTask, seed: number): QuietRow {
  const { change, records, runs } = task;
  let evident = 0;
  let incidents = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = generatorOf(seed, run);
    const stream = streamOf(task.kind, random);
    let isEvident = false;
    let isIncident = false;
    for (let record = 0; record < records; record += 1) {
      stream.observe(task.before(random));
      isEvident ||= stream.isEvident();
      isIncident ||= stream.isIncident();
    }
    if (isEvident) evident += 1;
    if (isIncident) incidents += 1;
  }
  const share = records / PROMISED;
  const evidentMax = runs * share + 3 * Math.sqrt(runs * share * (1 - share));
  const holds = evident <= evidentMax;
  return { stream: `before ${change}`, records, runs, evident, incidents, evidentMax, holds };
}
