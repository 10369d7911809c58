import { type SeededRandom, serialDependence, standardNormal } from '@telltale/statistics';

import { type Alarm, eDetector } from './detectors.ts';
import { thinned } from './run-lengths.ts';
import { generatorOf, mean, median } from './statistics.ts';
import type { Draw } from './streams.ts';

const HOURS = 24;
const RECORDS_PER_DAY = 2400;
const PROMISED = 1e4;
const RECORDS_MAX = 10 * PROMISED;
/** Records of an hour before its detector starts. */
const KEYED_BASELINE = 400;

/** What is added to a standard normal value, in sigma, by the number of the record. */
export interface Surrounding {
  readonly name: string;
  readonly offset: (record: number) => number;
  /** Record from which something really changed; absent where nothing does at once. */
  readonly changeAt?: number;
}

const CHANGE_AT = 20 * RECORDS_PER_DAY;

const cycle =
  (amplitude: number, period = RECORDS_PER_DAY) =>
  (record: number): number =>
    amplitude * Math.sin((2 * Math.PI * record) / period);

/** What the promise does not cover: records that are not exchangeable. */
export const SURROUNDINGS: readonly Surrounding[] = [
  { name: 'nothing', offset: () => 0 },
  { name: 'daily cycle of 0.25 sigma', offset: cycle(0.25) },
  { name: 'daily cycle of 1 sigma', offset: cycle(1) },
  { name: 'daily cycle of 1 sigma, 240 records a day', offset: cycle(1, RECORDS_PER_DAY / 10) },
  { name: 'trend of 0.1 sigma in 1000 records', offset: (record) => record / 10_000 },
  { name: 'trend of 0.1 sigma in 10 days', offset: (record) => record / 240_000 },
  {
    name: 'daily cycle of 1 sigma, 0.5 sigma more after 20 days',
    offset: (record) => cycle(1)(record) + (record > CHANGE_AT ? 0.5 : 0),
    changeAt: CHANGE_AT,
  },
];

export function drawWithin({ offset }: Surrounding, random: SeededRandom): Draw {
  let record = 0;
  return () => {
    record += 1;
    return standardNormal(random) + offset(record);
  };
}

/** With keys every hour of the day has a baseline and a detector of its own. */
export type Keying = 'none' | 'hour of the day';

export interface SurroundingTask {
  readonly stream: Surrounding;
  readonly keying: Keying;
  readonly runs: number;
}

export interface SurroundingRow {
  readonly stream: string;
  readonly keying: Keying;
  readonly promised: number;
  readonly runs: number;
  /** Records from the baseline to the first alarm before any change at once; 100,000 at most. */
  readonly meanRunLength: number;
  /** Share of runs with such an alarm: of 10,000 promised records a clean stream has 100,000. */
  readonly alarmedShare: number;
  /** Records from the change at once to the next alarm, in the middle. */
  readonly detectionDelay: number | null;
}

export const SURROUNDING_TASKS: readonly SurroundingTask[] = SURROUNDINGS.flatMap((stream) =>
  (['none', 'hour of the day'] as const).map((keying) => ({ stream, keying, runs: 60 })),
);

export function measureSurrounding(task: SurroundingTask, seed: number): SurroundingRow {
  const runs = Array.from({ length: task.runs }, (_, run) => watch(task, generatorOf(seed, run)));
  const lengths = runs.map(({ runLength }) => runLength ?? RECORDS_MAX);
  const delays = runs.flatMap(({ delay }) => (delay === undefined ? [] : [delay]));
  return {
    stream: task.stream.name,
    keying: task.keying,
    promised: PROMISED,
    runs: task.runs,
    meanRunLength: mean(lengths),
    alarmedShare: runs.filter(({ runLength }) => runLength !== undefined).length / task.runs,
    detectionDelay: median(delays),
  };
}

interface Watched {
  readonly runLength: number | undefined;
  readonly delay: number | undefined;
}

/** An alarm before the change is noted and forgiven: detectors start again on their baselines. */
function watch({ stream, keying }: SurroundingTask, random: SeededRandom): Watched {
  const draw = drawWithin(stream, random);
  const { used, start } = keying === 'none' ? learn(draw, random) : learnByHour(draw, random);
  const untilChange = (stream.changeAt ?? Number.POSITIVE_INFINITY) - used;
  let alarm = start();
  let runLength: number | undefined;
  for (let record = 1; record <= RECORDS_MAX; record += 1) {
    if (!alarm.update(draw())) continue;
    if (record > untilChange) return { runLength, delay: record - untilChange };
    runLength ??= record;
    if (untilChange === Number.POSITIVE_INFINITY) break;
    alarm = start(used + record);
  }
  return { runLength, delay: undefined };
}

interface Learned {
  /** Records that the baseline took. */
  readonly used: number;
  /** A detector whose next record comes after so many of the stream. */
  readonly start: (records?: number) => Alarm;
}

function learn(draw: Draw, random: SeededRandom): Learned {
  const { baseline, thin } = thinned(draw);
  const create = eDetector({ promise: PROMISED, thin });
  return { used: baseline.length, start: () => create(baseline, random) };
}

function learnByHour(draw: Draw, random: SeededRandom): Learned {
  const baselines = Array.from({ length: HOURS }, (): number[] => []);
  const used = HOURS * KEYED_BASELINE;
  for (let record = 0; record < used; record += 1) baselines[hourOf(record)]?.push(draw());
  return {
    used,
    start: (records = used) => {
      let record = records;
      const alarms = baselines.map((baseline) => {
        const { thin } = serialDependence(baseline);
        return eDetector({ promise: PROMISED, thin })(baseline, random);
      });
      return {
        update: (value) => {
          const alarm = alarms[hourOf(record)];
          record += 1;
          return alarm?.update(value) ?? false;
        },
      };
    },
  };
}

const hourOf = (record: number): number => Math.floor((record * HOURS) / RECORDS_PER_DAY) % HOURS;
