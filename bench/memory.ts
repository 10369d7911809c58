/**
 * What Telltale holds in the watched process: resident memory and heap of an application that runs a
 * small model, after the garbage was collected, by what is preloaded. Variants take turns in rounds;
 * a figure is the median over rounds. `heapGrowthMib` is what a million more inferences leave behind.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { irisModel } from '../test/support/onnx-models.ts';
import { median } from './quantiles.ts';

const ROUNDS = 5;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.cache/memory');
const RUNS = 20_000;
const MORE_RUNS = 1_000_000;
const MIB = 1024 * 1024;

/** Prints what it holds after the runs, and after as many more as it is told. */
const APP = `
const ort = require('onnxruntime-node');
const held = () => { for (let i = 0; i < 3; i++) gc(); return process.memoryUsage(); };
(async () => {
  const session = await ort.InferenceSession.create(__dirname + '/iris.onnx', { intraOpNumThreads: 1 });
  const feeds = { features: new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]) };
  const run = async (runs) => {
    for (let i = 0; i < runs; i++) {
      await session.run(feeds);
      // Lets timers and exports have their turn, as a service does.
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await run(${RUNS});
  const first = held();
  await run(Number(process.env.MORE));
  console.log(JSON.stringify({ rss: first.rss, heap: first.heapUsed, later: held().heapUsed }));
  process.exit(0);
})();
`;

const SDK = `const { NodeSDK } = require('@opentelemetry/sdk-node');\nnew NodeSDK().start();\n`;

interface Held {
  readonly rss: number;
  readonly heap: number;
  readonly later: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  if (!existsSync(join(ROOT, 'src/telltale/dist/cjs/register.js'))) {
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: ROOT, stdio: 'inherit' });
  }
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'app.cjs'), APP);
  writeFileSync(join(FOLDER, 'sdk-node.cjs'), SDK);
  writeFileSync(join(FOLDER, 'iris.onnx'), irisModel());
  const preloads: Readonly<Record<string, string | undefined>> = {
    plain: undefined,
    register: join(ROOT, 'src/telltale/dist/cjs/register.js'),
    sdkNode: join(FOLDER, 'sdk-node.cjs'),
  };
  const rounds = Array.from({ length: ROUNDS }, () =>
    Object.entries(preloads).map(([name, preload]) => [name, runOnce(preload, 0)] as const),
  ).flat();
  const of = (name: string, read: (held: Held) => number): number =>
    inMib(median(rounds.filter(([one]) => one === name).map(([, held]) => read(held))));
  const long = runOnce(preloads['register'], MORE_RUNS);
  const figures = {
    plainRssMib: of('plain', ({ rss }) => rss),
    registerRssMib: of('register', ({ rss }) => rss),
    sdkNodeRssMib: of('sdkNode', ({ rss }) => rss),
    plainHeapMib: of('plain', ({ heap }) => heap),
    registerHeapMib: of('register', ({ heap }) => heap),
    sdkNodeHeapMib: of('sdkNode', ({ heap }) => heap),
    heapGrowthMib: inMib(long.later - long.heap),
  };
  if (!options.isJson) {
    const added = figures.registerRssMib - figures.plainRssMib;
    console.log(`Telltale adds ${added.toFixed(1)} MiB of resident memory`);
  }
  console.log(JSON.stringify(figures));
}

function runOnce(preload: string | undefined, more: number): Held {
  const flags = ['--expose-gc', ...(preload === undefined ? [] : ['--require', preload])];
  const output = execFileSync(process.execPath, [...flags, join(FOLDER, 'app.cjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      MORE: String(more),
      ORT_DISABLE_TELEMETRY: '1',
      OTEL_SERVICE_NAME: 'bench',
      TELLTALE_MONITORING_PORT: '0',
    },
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Held;
}

const inMib = (bytes: number): number => Math.round((bytes / MIB) * 10) / 10;
