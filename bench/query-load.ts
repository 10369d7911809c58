/**
 * Two queries that readers could once hurt the service with, in a loop beside rules at one second
 * and ingest: a range query of 48 million steps, and a subquery of 600,000 steps for each series.
 */
import { rmSync } from 'node:fs';

import { delay } from '../test/support/collector/service-process.ts';
import { type Figures, figuresOf } from './query-load/figures.ts';
import { startLoadedService } from './query-load/service.ts';
import { readInLoop, sendInLoop } from './query-load/traffic.ts';

const SERIES = 20_000;
const QUIET_MS = 8000;
const LOAD_MS = 25_000;

/** The heap of the service; its whole memory has to stay below it. */
const HEAP_MIB = 1024;

export async function main({ isJson }: { readonly isJson: boolean }): Promise<void> {
  const service = await startLoadedService({ series: SERIES, heapMib: HEAP_MIB });
  try {
    const quiet = await measured(QUIET_MS, (signal) => [sendInLoop(service, signal)]);
    const missedBefore = await service.missedEvaluations();
    const loaded = await measured(LOAD_MS, (signal) => [
      sendInLoop(service, signal),
      readInLoop(service, signal, rangeQuery()),
      readInLoop(service, signal, '/api/v1/query?query=count_over_time(wide[10m:1ms])'),
    ]);
    const [ingest = [], wide = [], subquery = []] = loaded;
    const figures = figuresOf({
      quietIngest: quiet[0] ?? [],
      ingest,
      queries: [...wide, ...subquery],
      evaluationsMissed: (await service.missedEvaluations()) - missedBefore,
      serviceRestarts: service.hasExited ? 1 : 0,
      peakRssMib: service.peakRssMib(),
      heapMib: HEAP_MIB,
    });
    print(figures, isJson);
  } finally {
    await service.end();
    rmSync(service.folder, { recursive: true, force: true });
  }
}

/** Runs loops side by side for a while. */
async function measured<Result>(
  durationMs: number,
  begin: (signal: AbortSignal) => readonly Promise<Result>[],
): Promise<Result[]> {
  const controller = new AbortController();
  const loops = begin(controller.signal);
  await delay(durationMs);
  controller.abort();
  return Promise.all(loops);
}

function rangeQuery(): string {
  const endSeconds = Math.floor(Date.now() / 1000);
  return `/api/v1/query_range?query=wide&start=${endSeconds - 2399}&end=${endSeconds}&step=1`;
}

function print(figures: Figures, isJson: boolean): void {
  if (!isJson) {
    const lines = Object.entries(figures).map(
      ([name, value]) => `${name}: ${JSON.stringify(value)}`,
    );
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
