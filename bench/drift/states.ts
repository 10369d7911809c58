import { standardNormal } from '@telltale/statistics';
import { DriftMonitor } from '@telltale/instrumentation-drift';

import { generatorOf, median } from './statistics.ts';
import { autoregressive, type Draw } from './streams.ts';
import { drawWithin, SURROUNDINGS } from './surroundings.ts';

/** What the whole monitor says of a stream: evidence and effect together, with its defaults. */
export interface StatesRow {
  readonly stream: string;
  readonly promised: number;
  readonly records: number;
  readonly runs: number;
  /** Share of runs that were in `drift` or `alert` once. */
  readonly driftShare: number;
  /** Share of runs that were in `alert` once. */
  readonly alertShare: number;
  /** Records until the first of them, in the middle. */
  readonly medianRecords: number | null;
  /** Least share of runs without drift; `null` without a bar. */
  readonly quietShareMin: number | null;
  readonly holds: boolean | null;
}

export interface StatesTask {
  readonly stream: string;
  readonly create: (random: ReturnType<typeof generatorOf>) => Draw;
  readonly promised: number;
  readonly records: number;
  readonly runs: number;
  readonly quietShareMin: number | null;
}

/** A million independent records at ten times as many promised. */
export const DEFAULT_RULE: StatesTask = {
  stream: 'independent',
  create: (random) => () => standardNormal(random),
  promised: 1e7,
  records: 1e6,
  runs: 20,
  quietShareMin: 0.9,
};

export const STATES: readonly StatesTask[] = [
  ...SURROUNDINGS.map((stream) => ({
    stream: stream.name,
    create: (random: ReturnType<typeof generatorOf>) => drawWithin(stream, random),
  })),
  { stream: 'AR(1) 0.8', create: autoregressive(0.8).create },
].map((task) => ({ ...task, promised: 1e6, records: 100_000, runs: 20, quietShareMin: null }));

export function measureStates(task: StatesTask, seed: number): StatesRow {
  const { promised, records, runs, quietShareMin } = task;
  const found: number[] = [];
  let alerts = 0;
  for (let run = 0; run < runs; run += 1) {
    const { drift, alert } = firstStates(task, generatorOf(seed, run));
    if (drift !== undefined) found.push(drift);
    if (alert !== undefined) alerts += 1;
  }
  return {
    stream: task.stream,
    promised,
    records,
    runs,
    driftShare: found.length / runs,
    alertShare: alerts / runs,
    medianRecords: median(found),
    quietShareMin,
    holds: quietShareMin === null ? null : 1 - found.length / runs >= quietShareMin,
  };
}

/** The record at which a stream was first in drift or worse, and in alert. */
function firstStates(
  { create, promised, records }: StatesTask,
  random: ReturnType<typeof generatorOf>,
): { readonly drift: number | undefined; readonly alert: number | undefined } {
  let drift: number | undefined;
  let alert: number | undefined;
  const monitor = new DriftMonitor({ falseAlarmEvery: promised, seed: random.nextUint32() });
  monitor.onTransition(({ to, records: at }) => {
    if (to === 'drift' || to === 'alert') drift ??= at;
    if (to === 'alert') alert ??= at;
  });
  const key = { model: 'm', version: '1', name: 's', direction: 'output' } as const;
  const stream = monitor.stream(key, 'numeric');
  const draw = create(random);
  for (let record = 0; record < records; record += 1) stream.observe(draw());
  return { drift, alert };
}
