import { serialDependence } from '@telltale/statistics';

import { eDetector, firstAlarm } from './detectors.ts';
import { generatorOf, mean, median, relativeError } from './statistics.ts';
import { autoregressive, type Draw, INDEPENDENT, type NullStream } from './streams.ts';

const BASELINE = 1000;
/** As when a baseline is learned: extended until it keeps so many values. */
const KEPT_MIN = 200;
const RECORDS_MAX = 10_000;

/** Where the mean run length must lie, in promises. */
export interface RatioBar {
  readonly min: number;
  readonly max: number | null;
}

export interface RunLength {
  readonly stream: string;
  readonly promised: number;
  readonly runs: number;
  /** Records until the first alarm on data that never change. */
  readonly meanRunLength: number;
  readonly ratio: number;
  /** Standard error of the ratio. */
  readonly error: number;
  /** Median over the runs: every how many records one was taken. */
  readonly thinning: number;
  readonly bar: RatioBar | null;
  readonly holds: boolean | null;
}

export interface RunLengthTask {
  readonly stream: NullStream;
  readonly promised: number;
  readonly runs: number;
  readonly thinning: 'auto' | 'none';
  readonly bar: RatioBar | null;
}

const INDEPENDENT_BAR: RatioBar = { min: 1, max: 1.35 };
const THINNED_BAR: RatioBar = { min: 0.85, max: null };

/** So many that the bars are five standard errors away: they must not depend on the seed. */
export const RUN_LENGTHS: readonly RunLengthTask[] = [1e3, 1e4].flatMap((promised) =>
  INDEPENDENT.map((stream) => ({
    stream,
    promised,
    runs: 3000,
    thinning: 'none' as const,
    bar: INDEPENDENT_BAR,
  })),
);

export const THINNED: readonly RunLengthTask[] = [1e3, 1e4].flatMap((promised) =>
  [0.3, 0.5, 0.8].map((coefficient) => ({
    stream: autoregressive(coefficient),
    promised,
    runs: 1500,
    thinning: 'auto' as const,
    bar: THINNED_BAR,
  })),
);

/** The mean over baselines too, as the promise is. */
export function measureRunLength(task: RunLengthTask, seed: number): RunLength {
  const { stream, promised, runs, bar } = task;
  const lengths: number[] = [];
  const thinnings: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const random = generatorOf(seed, run);
    const draw = stream.create(random);
    const { baseline, thin } = task.thinning === 'auto' ? thinned(draw) : plain(draw);
    const alarm = eDetector({ promise: promised, thin })(baseline, random);
    const max = promised * 100;
    lengths.push(firstAlarm(alarm, draw, max) ?? max);
    thinnings.push(thin);
  }
  const ratio = mean(lengths) / promised;
  return {
    stream: stream.name,
    promised,
    runs,
    meanRunLength: mean(lengths),
    ratio,
    error: ratio * relativeError(lengths),
    thinning: median(thinnings) ?? 1,
    bar,
    holds: bar === null ? null : ratio >= bar.min && ratio <= (bar.max ?? Number.POSITIVE_INFINITY),
  };
}

interface Learned {
  readonly baseline: readonly number[];
  readonly thin: number;
}

const plain = (draw: Draw): Learned => ({
  baseline: Array.from({ length: BASELINE }, draw),
  thin: 1,
});

/** With the thinning that the baseline itself suggests, extended until enough is left of it. */
export function thinned(draw: Draw): Learned {
  const baseline = Array.from({ length: BASELINE }, draw);
  let { thin } = serialDependence(baseline);
  while (baseline.length / thin < KEPT_MIN && baseline.length < RECORDS_MAX) {
    for (let index = 0; index < BASELINE; index += 1) baseline.push(draw());
    ({ thin } = serialDependence(baseline));
  }
  return { baseline, thin };
}
