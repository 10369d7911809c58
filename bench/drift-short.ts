import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor } from '@telltale/instrumentation-drift';

import { type AnnotatedSeries, standIns } from './drift/short-series.ts';

const SEED = 20_261_201;
/** Annotators of real series agree to so many values. */
const TOLERANCE = 5;
const SEEDS = 12;
const UNCHANGED = 50_000;
/** Of 34 changes. */
const FOUND_MIN = 25;
const EARLY_MAX = 15;

/** How alerts and changes of some series go together. */
interface Score {
  readonly series: string;
  readonly changes: number;
  /** Changes with an alert before the next one. */
  readonly found: number;
  /** Further alerts: before a change, or again. */
  readonly early: number;
}

/**
 * Places of the alerts of a series under `profile: short`. After each the stream learns again, as an
 * operator tells it to.
 */
function alertsOf(values: readonly number[], seed: number): readonly number[] {
  const monitor = new DriftMonitor({ profile: 'short', seed });
  const key = { model: 'm', version: '1', name: 'series', direction: 'input' } as const;
  const stream = monitor.stream(key, 'numeric');
  const alerts: number[] = [];
  let isAlert = false;
  monitor.onTransition(({ to }) => {
    isAlert ||= to === 'alert';
  });
  for (const [index, value] of values.entries()) {
    stream.observe(value);
    if (!isAlert) continue;
    alerts.push(index);
    isAlert = false;
    monitor.reset({ keepBaseline: false });
  }
  return alerts;
}

function scoreOf({ name, values, changes }: AnnotatedSeries, seed: number): Score {
  const hits = new Set<number>();
  let early = 0;
  for (const alert of alertsOf(values, seed)) {
    const change = changes.findLastIndex((at) => alert >= at - TOLERANCE);
    if (change < 0 || hits.has(change)) early += 1;
    else hits.add(change);
  }
  return { series: name, changes: changes.length, found: hits.size, early };
}

/** The mean score over seeds of the tie-breakers, and of the series where they are drawn. */
function meanScores(seriesOf: (seed: number) => readonly AnnotatedSeries[], seed: number) {
  const runs = Array.from({ length: SEEDS }, (_, run) =>
    seriesOf(seed + run).map((series) => scoreOf(series, seed + run)),
  );
  const rows = (runs[0] ?? []).map(({ series, changes }, index) => {
    const mean = (field: 'found' | 'early'): number =>
      runs.reduce((sum, run) => sum + (run[index]?.[field] ?? 0), 0) / SEEDS;
    return { series, changes, found: mean('found'), early: mean('early') };
  });
  const total = (field: 'changes' | 'found' | 'early'): number =>
    Number(rows.reduce((sum, row) => sum + row[field], 0).toFixed(1));
  return {
    rows: rows.map(rounded),
    changes: total('changes'),
    found: total('found'),
    early: total('early'),
  };
}

const rounded = ({ found, early, ...rest }: Score): Score => ({
  ...rest,
  found: Number(found.toFixed(1)),
  early: Number(early.toFixed(1)),
});

/** Mean values between alerts where nothing changes, by the correlation of neighbours. */
function runLengths(seed: number) {
  return [0, 0.3, 0.5, 0.8].map((memory) => {
    const random = new SeededRandom(seed);
    let noise = standardNormal(random);
    const values = Array.from({ length: UNCHANGED }, () => {
      noise = memory * noise + Math.sqrt(1 - memory * memory) * standardNormal(random);
      return noise;
    });
    const alerts = alertsOf(values, seed).length;
    return {
      memory,
      values: UNCHANGED,
      alerts,
      every: Math.round(UNCHANGED / Math.max(1, alerts)),
    };
  });
}

/** Real series, where a folder has some: JSON files with `name`, `values` and `changes`. */
function realSeries(folder: string | undefined): readonly AnnotatedSeries[] {
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as AnnotatedSeries);
}

/**
 * What `profile: short` finds in short series and how often it is wrong. Bars: the promise on
 * unchanged values, and changes found in stand-ins for real series. Annotated series of one's own are
 * read from the folder that `TELLTALE_BENCH_SERIES` names: JSON files of `name`, `values`, `changes`.
 */
export async function main(options: {
  readonly isJson: boolean;
  readonly seed?: number | undefined;
}): Promise<void> {
  const seed = options.seed ?? SEED;
  const unchanged = runLengths(seed);
  const made = meanScores(standIns, seed);
  const real = realSeries(process.env['TELLTALE_BENCH_SERIES']);
  const measured = real.length === 0 ? null : meanScores(() => real, seed);
  const promised = new DriftMonitor({ profile: 'short' }).options.falseAlarmEvery;
  const holds = {
    promise: unchanged.filter(({ memory }) => memory === 0).every(({ every }) => every >= promised),
    found: made.found >= FOUND_MIN && made.early <= EARLY_MAX,
  };
  const report = { seed, promised, holds, unchanged, standIns: made, real: measured };
  if (!options.isJson) {
    console.table(unchanged);
    console.table(made.rows);
    if (measured !== null) console.table(measured.rows);
  }
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
