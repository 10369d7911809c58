import { SeededRandom, serialDependence, standardNormal } from '@telltale/statistics';

import {
  type AlarmFactory,
  adwinRule,
  always,
  eDetector,
  ksRule,
  never,
  psiRule,
} from './drift/detectors.ts';
import { autoregressive, CHANGES, INDEPENDENT, type NullStream } from './drift/streams.ts';

const BASELINE = 1000;
const SEED = 20_261_121;

interface RunLength {
  readonly stream: string;
  readonly promised: number;
  readonly mean: number;
  readonly ratio: number;
  readonly runs: number;
}

/** Mean number of records until the first alarm on data that never change. */
function runLength(stream: NullStream, promised: number, runs: number): RunLength {
  let sum = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = new SeededRandom(SEED + run);
    const draw = stream.create(random);
    const baseline = Array.from({ length: BASELINE }, draw);
    sum += firstAlarm(eDetector(promised)(baseline, random), draw, promised * 100);
  }
  return { stream: stream.name, promised, mean: sum / runs, ratio: sum / runs / promised, runs };
}

/** The same with the thinning that the baseline itself suggests, extended until enough is left. */
function thinnedRunLength(coefficient: number, promised: number, runs: number): RunLength {
  const stream = autoregressive(coefficient);
  let sum = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = new SeededRandom(SEED + run);
    const draw = stream.create(random);
    const baseline = Array.from({ length: BASELINE }, draw);
    while (baseline.length / serialDependence(baseline).thin < 200 && baseline.length < 10_000) {
      for (let index = 0; index < BASELINE; index += 1) baseline.push(draw());
    }
    const { thin } = serialDependence(baseline);
    sum += firstAlarm(eDetector(promised, thin)(baseline, random), draw, promised * 100);
  }
  return { stream: stream.name, promised, mean: sum / runs, ratio: sum / runs / promised, runs };
}

function firstAlarm(
  alarm: ReturnType<AlarmFactory>,
  draw: () => number,
  recordsMax: number,
): number {
  for (let record = 1; record <= recordsMax; record += 1) {
    if (alarm.update(draw())) return record;
  }
  return recordsMax;
}

interface Delay {
  readonly change: string;
  readonly medianDelay: number;
  readonly expected: number;
  readonly foundShare: number;
}

const CLEAN = 2000;
const SEARCH_MAX = 20_000;

/** Median records from a change to the alarm, over runs without an earlier alarm. */
function delays(runs: number): readonly Delay[] {
  return CHANGES.map(({ name, draw, expectedDelay }) => {
    const found: number[] = [];
    let tried = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = new SeededRandom(SEED + run);
      const alarm = eDetector(1e5)(
        Array.from({ length: BASELINE }, () => standardNormal(random)),
        random,
      );
      if (firstAlarm(alarm, () => standardNormal(random), CLEAN) < CLEAN) continue;
      tried += 1;
      const delay = firstAlarm(alarm, () => draw(random), SEARCH_MAX);
      if (delay < SEARCH_MAX) found.push(delay);
    }
    return {
      change: name,
      medianDelay: median(found),
      expected: expectedDelay,
      foundShare: found.length / tried,
    };
  });
}

interface Rival {
  readonly detector: string;
  readonly cleanStreamsAlarmed: number;
  readonly medianDelayQuarterSigma: number | null;
}

const RIVALS: readonly (readonly [string, AlarmFactory])[] = [
  ['e-detector A=1e5', eDetector(1e5)],
  ['KS D > 0.1', ksRule(0.1)],
  ['KS D > 0.05', ksRule(0.05)],
  ['PSI > 0.1', psiRule(0.1)],
  ['ADWIN 0.002', adwinRule],
  ['always', always],
  ['never', never],
];

/** Share of clean streams that alarm within 10,000 records, and the delay to a quarter sigma. */
function rivals(runs: number): readonly Rival[] {
  return RIVALS.map(([detector, create]) => {
    let alarmed = 0;
    const found: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const random = new SeededRandom(SEED + run);
      const baseline = Array.from({ length: BASELINE }, () => standardNormal(random));
      const clean = firstAlarm(create(baseline, random), () => standardNormal(random), 10_000);
      if (clean < 10_000) alarmed += 1;
      const delay = delayAfterClean(create(baseline, random), random);
      if (delay !== undefined) found.push(delay);
    }
    return {
      detector,
      cleanStreamsAlarmed: alarmed / runs,
      medianDelayQuarterSigma: found.length < runs / 2 ? null : median(found),
    };
  });
}

/** Records from a quarter sigma to the next alarm; alarms before the change are not waited for. */
function delayAfterClean(
  alarm: ReturnType<AlarmFactory>,
  random: SeededRandom,
): number | undefined {
  for (let record = 0; record < CLEAN; record += 1) alarm.update(standardNormal(random));
  const delay = firstAlarm(alarm, () => standardNormal(random) + 0.25, SEARCH_MAX);
  return delay < SEARCH_MAX ? delay : undefined;
}

/** Streams that break the promise's assumption: reported without a bar. */
function dependent(runs: number): readonly RunLength[] {
  const daily = (period: number): NullStream => ({
    name: `daily cycle, period ${period}`,
    create: (random) => {
      let t = 0;
      return () => {
        t += 1;
        return standardNormal(random) + Math.sin((2 * Math.PI * t) / period);
      };
    },
  });
  const keyed: NullStream = {
    name: 'daily cycle, keyed: one hour of the day',
    create: (random) => () => standardNormal(random) + 0.5,
  };
  const trend: NullStream = {
    name: 'slow trend, 0.1 sigma in 1000 records',
    create: (random) => {
      let t = 0;
      return () => {
        t += 1;
        return standardNormal(random) + t / 10_000;
      };
    },
  };
  return [daily(24), daily(5000), keyed, trend].map((stream) => runLength(stream, 1e4, runs));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Whether the detector keeps its promise, how fast it finds changes, and what others do beside it. */
export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const result = {
    runLength: [1e3, 1e4].flatMap((promised) =>
      INDEPENDENT.map((stream) => runLength(stream, promised, promised === 1e3 ? 400 : 200)),
    ),
    thinned: [0.3, 0.5, 0.8].map((coefficient) => thinnedRunLength(coefficient, 1e3, 400)),
    delays: delays(200),
    rivals: rivals(40),
    dependent: dependent(40),
  };
  if (!options.isJson) {
    for (const [title, rows] of Object.entries(result)) {
      process.stdout.write(`${title}\n`);
      console.table(rows);
    }
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await Promise.resolve();
}
