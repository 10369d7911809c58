/**
 * How much later an application starts: milliseconds from the start of the process to the first
 * line of an empty application, by what is preloaded. Variants take turns in rounds, so that a busy
 * machine slows all of them alike; a figure is the median over rounds.
 *
 * auto-instrumentations-node, the yardstick, is installed on demand into the ignored `.cache`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AUTO_INSTRUMENTATIONS_VERSION } from '../test/matrix/versions.ts';
import { median } from './quantiles.ts';

const ROUNDS = 15;
const WARMUP_ROUNDS = 2;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.cache/startup');
const AUTO = '@opentelemetry/auto-instrumentations-node';

const FILES: Readonly<Record<string, string>> = {
  'app.cjs': 'process.stdout.write(String(performance.now()));process.exit();\n',
  'sdk-node.cjs': `const { NodeSDK } = require('@opentelemetry/sdk-node');\nnew NodeSDK().start();\n`,
};

interface Figures {
  readonly plainMs: number;
  readonly registerMs: number;
  readonly sdkNodeMs: number;
  readonly autoRegisterMs: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  prepare();
  const preloads: Readonly<Record<keyof Figures, string | undefined>> = {
    plainMs: undefined,
    registerMs: join(ROOT, 'src/telltale/dist/cjs/register.js'),
    sdkNodeMs: join(FOLDER, 'bare/sdk-node.cjs'),
    autoRegisterMs: `${AUTO}/register`,
  };
  const samples = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS + WARMUP_ROUNDS; round++) {
    for (const [name, preload] of Object.entries(preloads)) {
      const ms = startOnce(preload);
      if (round >= WARMUP_ROUNDS) samples.set(name, [...(samples.get(name) ?? []), ms]);
    }
  }
  const figures = Object.fromEntries(
    [...samples].map(([name, values]) => [name, Math.round(median(values) * 10) / 10]),
  ) as unknown as Figures;
  if (!options.isJson) {
    console.log(
      `Telltale adds ${Math.round(figures.registerMs - figures.sdkNodeMs)} ms to NodeSDK`,
    );
  }
  console.log(JSON.stringify(figures));
}

function prepare(): void {
  if (!existsSync(join(ROOT, 'src/telltale/dist/cjs/index.js'))) {
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: ROOT, stdio: 'inherit' });
  }
  // Outside the folder that has its own OpenTelemetry, so that it uses the one that we use.
  mkdirSync(join(FOLDER, 'bare'), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) {
    writeFileSync(join(FOLDER, 'bare', name), content);
  }
  const auto = join(FOLDER, 'auto');
  if (existsSync(join(auto, 'node_modules', AUTO))) return;
  mkdirSync(auto, { recursive: true });
  const dependencies = { [AUTO]: AUTO_INSTRUMENTATIONS_VERSION, '@opentelemetry/api': '1.10.0' };
  writeFileSync(join(auto, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags, '--legacy-peer-deps'], { cwd: auto, stdio: 'ignore' });
}

function startOnce(preload: string | undefined): number {
  const flags = preload === undefined ? [] : ['--require', preload];
  const output = execFileSync(process.execPath, [...flags, join(FOLDER, 'bare/app.cjs')], {
    cwd: join(FOLDER, 'auto'),
    env: {
      PATH: process.env['PATH'],
      TELLTALE_MONITORING_PORT: 'off',
      // All the same for everybody: no detector that asks the cloud.
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,serviceinstance',
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(output);
}
