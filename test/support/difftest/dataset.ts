import {
  CUSTOM_BUCKETS_SCHEMA,
  type NativeHistogram,
} from '../../../collector/src/model/histogram/histogram.ts';
import { Labels } from '../../../collector/src/model/labels.ts';
import type { NewSample } from '../../../collector/src/promql/memory-source.ts';
import { SeededRandom } from './random.ts';

/** One series with everything that is stored of it. */
export interface DataSeries {
  readonly labels: Labels;
  readonly samples: readonly NewSample[];
}

/** When the series begin; any time does, for both sides live in the past. */
export const DATA_START_MS = 1_700_000_000_000;
const STEPS = 160;
const STEP_MS = 15_000;
export const DATA_END_MS: number = DATA_START_MS + STEPS * STEP_MS;

const JOBS = ['api', 'worker'];
const INSTANCES = ['a', 'b', 'c'];
const BOUNDS = ['0.1', '0.5', '1', '2.5', '+Inf'];

type Next = (step: number) => Omit<NewSample, 'timeMs'>;

/** Series of every kind a query can meet: the same for the same seed. */
export function createDataset(seed: number): DataSeries[] {
  const random = new SeededRandom(seed);
  return [
    ...JOBS.flatMap((job) => INSTANCES.flatMap((instance) => plainSeries(random, job, instance))),
    ...INSTANCES.flatMap((instance) => oddSeries(random, instance)),
    ...JOBS.flatMap((job) =>
      INSTANCES.slice(0, 2).flatMap((instance) => latency(random, job, instance)),
    ),
    ...JOBS.flatMap((job) => INSTANCES.flatMap((instance) => nativeSeries(random, job, instance))),
  ];
}

function plainSeries(random: SeededRandom, job: string, instance: string): DataSeries[] {
  const on = { job, instance };
  const perCode = ['200', '500'].map((code) =>
    series(
      random,
      { __name__: 'requests_total', ...on, code },
      counter(random, () => random.integer(0, 40)),
    ),
  );
  let level = random.next() * 100 - 50;
  return [
    ...perCode,
    series(
      random,
      { __name__: 'cpu_seconds_total', ...on },
      counter(random, () => random.next() * 7),
    ),
    series(random, { __name__: 'temperature', ...on }, () => {
      level += (random.next() - 0.5) * 10;
      return { value: level };
    }),
    series(random, { __name__: 'memory_bytes', ...on }, () => ({
      value: random.integer(1e6, 2e9),
    })),
    series(random, { __name__: 'up', ...on }, () => ({ value: random.chance(0.9) ? 1 : 0 })),
  ];
}

/** No subnormal number: the logarithm of one depends on the processor in Go. */
const ODD_VALUES = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  3e-308,
  1e308,
  -1e308,
  1e-9,
  3,
  -7.5,
];

function oddSeries(random: SeededRandom, instance: string): DataSeries[] {
  const histogram = histogramSource(random, { schema: 1, isGauge: false });
  return [
    series(random, { __name__: 'odd', instance }, () => ({ value: random.pick(ODD_VALUES) })),
    series(random, { __name__: 'flat', instance }, () => ({ value: 42 })),
    series(random, { __name__: 'flaky', instance }, (step) =>
      Math.floor(step / 12) % 2 === 0 ? { value: step } : { isStale: true },
    ),
    series(random, { __name__: 'mixed', instance }, (step) =>
      Math.floor(step / 25) % 2 === 0 ? { value: step * 1.5 } : histogram(step),
    ),
  ];
}

/** A classic histogram, its buckets cumulative and reset together. */
function latency(random: SeededRandom, job: string, instance: string): DataSeries[] {
  const on = { job, instance };
  const rows: { counts: number[]; sum: number }[] = [];
  let counts = BOUNDS.map(() => 0);
  let sum = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    if (random.chance(0.02)) {
      counts = BOUNDS.map(() => 0);
      sum = 0;
    }
    const observed = random.integer(0, 20);
    for (let index = 0; index < observed; index += 1) {
      const bucket = random.integer(0, BOUNDS.length - 1);
      counts = counts.map((count, position) => (position >= bucket ? count + 1 : count));
      sum += random.next() * 3;
    }
    rows.push({ counts, sum });
  }
  // One rhythm for all parts of a histogram, as a scrape has it.
  const shape = random.integer(0, 0xffffffff);
  const part = (
    labels: Record<string, string>,
    value: (row: { counts: number[]; sum: number }) => number,
  ): DataSeries =>
    series(new SeededRandom(shape), labels, (step) => ({
      value: value(rows[step] ?? { counts: [], sum: 0 }),
    }));
  const name = 'latency_seconds';
  return [
    ...BOUNDS.map((le, index) =>
      part({ __name__: `${name}_bucket`, ...on, le }, (row) => row.counts[index] ?? 0),
    ),
    part({ __name__: `${name}_count`, ...on }, (row) => row.counts.at(-1) ?? 0),
    part({ __name__: `${name}_sum`, ...on }, (row) => row.sum),
  ];
}

function nativeSeries(random: SeededRandom, job: string, instance: string): DataSeries[] {
  const on = { job, instance };
  const schema = random.integer(-1, 3);
  const spread = histogramSource(random, { schema, isGauge: false });
  const level = histogramSource(random, { schema: 2, isGauge: true });
  const custom = histogramSource(random, { schema: CUSTOM_BUCKETS_SCHEMA, isGauge: false });
  return [
    series(random, { __name__: 'spread', ...on }, spread),
    series(random, { __name__: 'level', ...on }, level),
    series(random, { __name__: 'custom', ...on }, custom),
  ];
}

function counter(random: SeededRandom, increment: () => number): Next {
  let value = random.integer(0, 1000);
  return () => {
    value = random.chance(0.03) ? random.integer(0, 5) : value + increment();
    return { value };
  };
}

const CUSTOM_BOUNDS = [0.5, 1, 2, 5, 10];
const BUCKETS = 6;

function emptyBuckets(): number[] {
  return Array.from({ length: BUCKETS }, () => 0);
}

/** Integer histograms that grow and sometimes start again; a gauge's go up and down. */
function histogramSource(
  random: SeededRandom,
  kind: { readonly schema: number; readonly isGauge: boolean },
): Next {
  const { schema, isGauge } = kind;
  const isCustom = schema === CUSTOM_BUCKETS_SCHEMA;
  let positive = emptyBuckets();
  let negative = emptyBuckets();
  let zeroCount = 0;
  let sum = 0;
  return () => {
    if (isGauge || random.chance(0.03)) {
      positive = positive.map(() => 0);
      negative = negative.map(() => 0);
      zeroCount = 0;
      sum = 0;
    }
    positive = positive.map((count) => count + (random.chance(0.6) ? random.integer(0, 9) : 0));
    if (!isCustom) {
      negative = negative.map((count) => count + (random.chance(0.3) ? random.integer(0, 4) : 0));
      zeroCount += random.integer(0, 3);
    }
    sum += random.next() * 50 - (isCustom ? 0 : 10);
    const total = [...positive, ...negative].reduce((all, count) => all + count, zeroCount);
    const histogram: NativeHistogram = {
      schema,
      counterResetHint: isGauge ? 'gauge' : 'unknown',
      zeroThreshold: isCustom ? 0 : 0.001,
      zeroCount,
      count: total,
      sum,
      positiveSpans: isCustom
        ? [{ offset: 0, length: BUCKETS }]
        : [
            { offset: -1, length: 2 },
            { offset: 1, length: 4 },
          ],
      positiveCounts: positive,
      negativeSpans: isCustom ? [] : [{ offset: 0, length: BUCKETS }],
      negativeCounts: isCustom ? [] : negative,
      customValues: isCustom ? CUSTOM_BOUNDS : [],
    };
    return { histogram };
  };
}

/** Adds time to values: a rhythm with jitter, gaps, ends and late beginnings. */
function series(random: SeededRandom, labels: Record<string, string>, next: Next): DataSeries {
  const jitterMs = random.pick([0, 0, 40, 3000]);
  const phaseMs = random.integer(0, STEP_MS - 1);
  const first = random.chance(0.2) ? random.integer(5, 60) : 0;
  const samples: NewSample[] = [];
  let gap = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const sample = next(step);
    const timeMs = DATA_START_MS + step * STEP_MS + phaseMs + random.integer(-jitterMs, jitterMs);
    if (gap > 0) gap -= 1;
    else if (random.chance(0.01)) gap = random.integer(2, 30);
    if (gap > 0 || step < first) continue;
    if (random.chance(0.008)) {
      samples.push({ timeMs, isStale: true });
      gap = random.integer(1, 8);
    } else samples.push({ timeMs, ...sample });
  }
  return { labels: Labels.of(labels), samples };
}
