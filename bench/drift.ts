import {
  EDetector,
  PolyaUrn,
  SeededRandom,
  SlidingKs,
  standardNormal,
  urnFromBaseline,
} from '@telltale/statistics';
import { DriftMonitor } from '@telltale/instrumentation-drift';

const ROUNDS = 7;
/** Ranks that a detector takes at a time. */
const RUN = 20;
const RECORDS = 200_000;
const STREAMS = 500;
/** Streams until the engine has compiled what they run, which is no stream's. */
const WARM_STREAMS = 300;

const random = new SeededRandom(1);
const values = Float64Array.from({ length: 8192 }, () => standardNormal(random));
const valueAt = (index: number): number => values[index & 8191] ?? 0;

/** Median nanoseconds of one call over rounds that take turns with nothing else. */
function nanoseconds(call: (index: number) => void, count = RECORDS): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let index = 0; index < count; index += 1) call(index);
    return ((performance.now() - start) * 1e6) / count;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function learnedStream(monitor: DriftMonitor, name: string): (index: number) => void {
  const key = { model: 'm', version: '1', name, direction: 'output' } as const;
  const stream = monitor.stream(key, 'numeric');
  for (let index = 0; index < 1500; index += 1) stream.observe(valueAt(index));
  return (index) => stream.observe(valueAt(index));
}

function recordNs(): number {
  return nanoseconds(learnedStream(new DriftMonitor({ falseAlarmEvery: 1e12 }), 'score'));
}

function detectorNs(): number {
  const pairs = Array.from({ length: 1000 }, (_, index) => ({
    value: valueAt(index),
    tie: random.next(),
  }));
  const urn = new PolyaUrn(urnFromBaseline(pairs));
  const detector = new EDetector();
  const ranks = new Float64Array(RUN);
  return nanoseconds((index) => {
    const cell = urn.cell(valueAt(index), random.next());
    ranks[index % RUN] = urn.rank(cell, random.next());
    urn.learn(cell);
    // As a stream does between two evaluations of a window of a thousand.
    if (index % RUN === RUN - 1) detector.updateRun(ranks, RUN);
  });
}

/** One evaluation of the exact statistic over a thousand distinct baseline values. */
function slidingKsNs(): number {
  const sliding = new SlidingKs(values.slice(0, 1000), 1000);
  for (let index = 0; index < 1000; index += 1) sliding.push(valueAt(index + 3000));
  let sum = 0;
  const result = nanoseconds((index) => {
    sliding.push(valueAt(index));
    sum += sliding.numerator();
  }, 20_000);
  return sum > 0 ? result : Number.NaN;
}

function kibPerStream(): number {
  const monitor = new DriftMonitor({ streamsMax: WARM_STREAMS + STREAMS });
  for (let index = 0; index < WARM_STREAMS; index += 1) learnedStream(monitor, `warm${index}`);
  const used = (): number => {
    // Once more: what the first pass lets go of may hold buffers.
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  for (let index = 0; index < STREAMS; index += 1) learnedStream(monitor, `s${index}`);
  return (used() - before) / STREAMS / 1024;
}

/** What watching one stream costs, in nanoseconds a record and KiB. */
export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--expose-gc');
  const { runInNewContext } = await import('node:vm');
  globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;
  const result = {
    kibPerStream: kibPerStream(),
    recordNs: recordNs(),
    detectorNs: detectorNs(),
    slidingKsNs: slidingKsNs(),
  };
  if (!options.isJson) console.table(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
