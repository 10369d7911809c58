import { availableParallelism } from 'node:os';

import { SECTIONS, type Section } from './drift/jobs.ts';
import { runJobs } from './drift/pool.ts';

const SEED = 20_261_121;
const THREADS_MAX = 4;

/** A row of the report; `holds` says whether it keeps its bar, where it has one. */
interface Row {
  readonly holds?: boolean | null;
}

interface Report {
  readonly seed: number;
  readonly seconds: number;
  /** Whether all rows of a section with a bar keep it, and whether all sections do. */
  readonly holds: Readonly<Record<string, boolean>>;
  /** The rows that do not. */
  readonly broken: readonly Row[];
  /** Rows by section. */
  readonly [section: string]: unknown;
}

async function measure(seed: number): Promise<Report> {
  const start = performance.now();
  const requests = SECTIONS.flatMap(({ name, jobs }) =>
    jobs.map((_, job) => ({ section: name, job, seed })),
  );
  let done = 0;
  const results = await runJobs(requests, {
    threads: Math.min(THREADS_MAX, availableParallelism()),
    onDone: ({ section, job }, ms) => {
      done += 1;
      const took = (ms / 1000).toFixed(1);
      process.stderr.write(`${done}/${requests.length} ${section} ${job + 1}: ${took} s\n`);
    },
  });
  const rowsOf = ({ name }: Section): readonly Row[] =>
    results.filter((_, index) => requests[index]?.section === name).flat() as Row[];
  const tables = SECTIONS.map((section) => [section.name, rowsOf(section)] as const);
  const barred = tables
    .map(([name, rows]) => [name, rows.filter(({ holds }) => typeof holds === 'boolean')] as const)
    .filter(([, rows]) => rows.length > 0);
  const broken = barred.flatMap(([, rows]) => rows.filter(({ holds }) => holds === false));
  return {
    seed,
    seconds: Math.round((performance.now() - start) / 1000),
    holds: {
      ...Object.fromEntries(barred.map(([name, rows]) => [name, rows.every((row) => row.holds)])),
      all: broken.length === 0,
    },
    broken,
    ...Object.fromEntries(tables),
  };
}

/**
 * Whether the evidence keeps its promise, how fast it finds changes, what others do beside it, and
 * what breaks the promise. Bars: `runLengths` and `thinned` (mean run length in promises), `delays`
 * (medians against the published ones), `moderate` (changes of a few per cent, all found), `quiet`
 * (the same streams without a change), `defaultRule` (quiet streams of a million records).
 */
export async function main(options: {
  readonly isJson: boolean;
  readonly seed?: number | undefined;
}): Promise<void> {
  const report = await measure(options.seed ?? SEED);
  if (!options.isJson) {
    for (const { name } of SECTIONS) {
      process.stdout.write(`${name}\n`);
      console.table(report[name]);
    }
  }
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
