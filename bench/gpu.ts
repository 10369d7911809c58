/**
 * What reading GPUs costs the process that uses them, on the stand-in for NVML (it needs `cc`):
 *
 * - longestGapMs: how long the event loop stops at most within a second, with the worker reading
 *   once a second; quietGapMs without it and spawnLongestGapMs with a process started once a second
 *   instead, in turns. Medians over windows, with 1 GiB of memory in use.
 * - cycleUs: one reading of two devices over FFI, decoded. observeUs8Gpus: one collection of eight.
 * - workerCpuPercent: CPU of the whole process above that of the same process without the worker.
 * - startupMs: what starting costs the main thread.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { createStub, hasCompiler } from '../examples/gpu-check/stub/compile.ts';
import { DRIVER_LINES, deviceLines } from '../examples/gpu-check/stub/devices.ts';
import { measureCycle, measureObservation } from './gpu/in-process.ts';
import { median } from './quantiles.ts';

const APP = join(import.meta.dirname, 'gpu/app.ts');
const GAP_ROUNDS = 3;
const STARTS = 9;
const BIG_MIB = 1024;

type Mode = 'none' | 'worker' | 'spawn';

interface Result {
  readonly gapsMs: readonly number[];
  readonly cpuPercent: number;
  readonly startMs: number;
  readonly rssMib: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  if (!hasCompiler()) {
    process.stderr.write('Cannot measure without "cc", which compiles the stand-in for NVML\n');
    process.exit(3);
  }
  const lines = [...DRIVER_LINES, 'static', ...deviceLines(0), ...deviceLines(1)];
  const stub = createStub(lines);
  try {
    const gaps = gapsInTurns(stub.library);
    const idle = await idleCpu(stub.library);
    const figures = {
      longestGapMs: gaps.worker,
      spawnLongestGapMs: gaps.spawn,
      quietGapMs: gaps.none,
      cycleUs: measureCycle(stub.library),
      observeUs8Gpus: await measureObservation(),
      workerCpuPercent: idle.cpuPercent,
      workerRssMib: idle.rssMib,
      startupMs: median(
        Array.from({ length: STARTS }, () => run(stub.library, 'worker', { seconds: 0 }).startMs),
      ),
    };
    const rounded = Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
    );
    if (!options.isJson) console.table(rounded);
    process.stdout.write(`${JSON.stringify(rounded)}\n`);
  } finally {
    stub.remove();
  }
}

/** Median of the longest gap of each second, by what happens once a second. */
function gapsInTurns(library: string): Readonly<Record<Mode, number>> {
  const gaps: Record<Mode, number[]> = { none: [], worker: [], spawn: [] };
  for (let round = 0; round < GAP_ROUNDS; round += 1) {
    for (const mode of ['none', 'worker', 'spawn'] as const) {
      gaps[mode].push(...run(library, mode, { seconds: 6, mib: BIG_MIB }).gapsMs);
    }
  }
  return { none: median(gaps.none), worker: median(gaps.worker), spawn: median(gaps.spawn) };
}

/** Both at once, as CPU time does not depend on who else runs. */
async function idleCpu(library: string): Promise<{ cpuPercent: number; rssMib: number }> {
  const [without, withWorker] = await Promise.all([
    runIdle(library, 'none'),
    runIdle(library, 'worker'),
  ]);
  return {
    cpuPercent: withWorker.cpuPercent - without.cpuPercent,
    rssMib: withWorker.rssMib - without.rssMib,
  };
}

const argumentsOf = (library: string, mode: Mode, how: object): readonly string[] => [
  '--conditions=@telltale/source',
  APP,
  JSON.stringify({ library, mode, ...how }),
];

function run(
  library: string,
  mode: Mode,
  how: { readonly seconds: number; readonly mib?: number },
): Result {
  const output = execFileSync(process.execPath, argumentsOf(library, mode, how), {
    encoding: 'utf8',
  });
  return JSON.parse(output) as Result;
}

async function runIdle(library: string, mode: Mode): Promise<Result> {
  const child = spawn(process.execPath, argumentsOf(library, mode, { seconds: 30, isIdle: true }), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, 'close');
  return JSON.parse(output) as Result;
}
