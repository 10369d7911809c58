import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { startOtlpSink } from '../support/otlp-sink.ts';
import { argvOf, writeApps } from './apps.ts';
import { allCells, type Cell, nameOf } from './cells.ts';
import { type Installed, install } from './install.ts';

const PARALLEL = 2;
const CELL_TIMEOUT_MS = 60_000;

interface Observed {
  readonly cell: Cell;
  readonly spans: number;
  readonly count: number;
  readonly pipelines: number;
  readonly code: number | null;
  readonly stderr: string;
}

/**
 * Runs packed Telltale in every order, on every Node.js and with every runtime, and counts what
 * arrives: each inference once in spans and once in metrics, each call of a pipeline once in spans.
 */
async function main(): Promise<void> {
  const isJson = process.argv.includes('--json');
  const startMs = performance.now();
  const log = (line: string): void => console.log(`[${seconds(startMs)} s] ${line}`);
  const installed = await install(log);
  const cells = allCells(installed);
  for (const folder of new Set(cells.map((cell) => cell.folder))) writeApps(folder);
  log(`running ${cells.length} processes`);
  const results = await runAll(cells, installed);
  for (const result of results) console.log(lineOf(result));
  const missed = results.filter((result) => !isExact(result));
  for (const { cell, stderr } of missed) console.log(`\n${nameOf(cell)}\n${stderr}`);
  const summary = {
    cells: results.length,
    exact: results.length - missed.length,
    missed: missed.map(({ cell, spans, count, pipelines }) => ({
      cell: nameOf(cell),
      spans,
      count,
      pipelines,
    })),
    seconds: seconds(startMs),
  };
  console.log(isJson ? JSON.stringify(summary) : `${summary.exact} of ${summary.cells} exact`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 1_000);

const isExact = ({ cell, spans, count, pipelines, code }: Observed): boolean =>
  spans === cell.inferences &&
  count === cell.inferences &&
  pipelines === cell.pipelines &&
  code === 0;

function lineOf(result: Observed): string {
  const verdict = isExact(result) ? 'once ' : 'WRONG';
  const { spans, count, pipelines, cell } = result;
  const inferences = `${spans} spans, ${count} counted of ${cell.inferences}`;
  const calls = cell.pipelines === 0 ? '' : `, ${pipelines} pipelines of ${cell.pipelines}`;
  return `${verdict}  ${inferences}${calls}  ${nameOf(cell)}`;
}

async function runAll(cells: readonly Cell[], installed: Installed): Promise<readonly Observed[]> {
  const results: Observed[] = [];
  const queue = [...cells.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, cell] = next;
      results[index] = await runCell(cell, installed);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}

async function runCell(cell: Cell, installed: Installed): Promise<Observed> {
  const sink = await startOtlpSink();
  const child = spawn(installed.nodes.get(cell.node) ?? 'node', [...argvOf(cell)], {
    cwd: cell.folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,serviceinstance',
      TELLTALE_MONITORING_PORT: 'off',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), CELL_TIMEOUT_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  await sink.close();
  const spansOf = (operation: string): number =>
    sink.spans().filter(({ attributes }) => attributes['ml.operation.name'] === operation).length;
  return {
    cell,
    spans: spansOf('infer'),
    pipelines: spansOf('pipeline'),
    count: sink.total('ml.inference.duration'),
    code,
    stderr,
  };
}

await main();
