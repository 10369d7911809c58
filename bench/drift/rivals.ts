import { type SeededRandom, standardNormal } from '@telltale/statistics';

import {
  type Alarm,
  type AlarmFactory,
  adwinRule,
  always,
  eDetector,
  everyHundred,
  firstAlarm,
  ksRule,
  never,
  psiRule,
} from './detectors.ts';
import { generatorOf, mean, median } from './statistics.ts';
import { CHANGES, type Change } from './streams.ts';

const BASELINE = 1000;
/** Records of a stream that never changes. */
const UNCHANGED = 10_000;
/** Records before a change, and after it. */
const CLEAN = 2000;
const CHANGED = 20_000;

export interface Rival {
  readonly detector: string;
  readonly runs: number;
  /** Share of unchanged streams of 10,000 records with an alarm. */
  readonly falseAlarmRate: number;
  /** Records of unchanged streams for each alarm, starting again after one; `null` without alarms. */
  readonly meanTimeBetweenFalseAlarms: number | null;
  readonly changes: readonly RivalDelay[];
}

/** What a detector makes of one change; names as in River's evaluation. */
export interface RivalDelay {
  readonly change: string;
  /** Median records from the change to the alarm, over the streams that found it. */
  readonly detectionDelay: number | null;
  /** Share of changes without an alarm within 20,000 records. */
  readonly missedDetectionRate: number;
  /** Time between false alarms in mean delays, times the share that is found. */
  readonly meanTimeRatio: number | null;
}

export interface RivalTask {
  readonly detector: string;
  readonly create: AlarmFactory;
  readonly runs: number;
}

const RUNS = 200;

/** The dummies come first: no figure says anything unless it is better than theirs. */
export const RIVALS: readonly RivalTask[] = [
  { detector: 'always', create: always },
  { detector: 'never', create: never },
  { detector: 'every 100 records', create: everyHundred },
  { detector: 'e-detector A=1e4', create: eDetector({ promise: 1e4 }) },
  { detector: 'e-detector A=1e5', create: eDetector({ promise: 1e5 }) },
  { detector: 'KS D > 0.05, window 1000', create: ksRule(0.05) },
  { detector: 'KS D > 0.1, window 1000', create: ksRule(0.1) },
  { detector: 'PSI > 0.1, window 1000', create: psiRule(0.1) },
  { detector: 'ADWIN 0.002', create: adwinRule },
].map((rival) => ({ ...rival, runs: RUNS }));

const COMPARED: readonly Change[] = CHANGES.filter(({ name }) =>
  ['shift 0.25 sigma', 'shift 1 sigma', 'scale 1.5', '5 % outliers at +5'].includes(name),
);

export function measureRival({ detector, create, runs }: RivalTask, seed: number): Rival {
  let alarms = 0;
  let alarmed = 0;
  const delays = COMPARED.map((): number[] => []);
  for (let run = 0; run < runs; run += 1) {
    const random = generatorOf(seed, run);
    const baseline = Array.from({ length: BASELINE }, () => standardNormal(random));
    const fresh = (): Alarm => create(baseline, random);
    const found = watchUnchanged(fresh, random, UNCHANGED).alarms;
    alarms += found;
    if (found > 0) alarmed += 1;
    for (const [index, { draw }] of COMPARED.entries()) {
      const { alarm } = watchUnchanged(fresh, random, CLEAN);
      const delay = firstAlarm(alarm, () => draw(random), CHANGED);
      if (delay !== undefined) delays[index]?.push(delay);
    }
  }
  const between = alarms === 0 ? null : (runs * UNCHANGED) / alarms;
  return {
    detector,
    runs,
    falseAlarmRate: alarmed / runs,
    meanTimeBetweenFalseAlarms: between,
    changes: COMPARED.map(({ name }, index) => {
      const found = delays[index] ?? [];
      const share = found.length / runs;
      return {
        change: name,
        detectionDelay: median(found),
        missedDetectionRate: 1 - share,
        meanTimeRatio: between === null || share === 0 ? null : (between / mean(found)) * share,
      };
    }),
  };
}

/** Records without change; after an alarm a detector starts again on the same baseline. */
function watchUnchanged(
  fresh: () => Alarm,
  random: SeededRandom,
  records: number,
): { readonly alarms: number; readonly alarm: Alarm } {
  let alarm = fresh();
  let alarms = 0;
  for (let record = 0; record < records; record += 1) {
    if (!alarm.update(standardNormal(random))) continue;
    alarms += 1;
    alarm = fresh();
  }
  return { alarms, alarm };
}
