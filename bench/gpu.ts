/**
 * What reading GPUs costs the process that uses them, on the stand-in for NVML (it needs `cc`):
 *
 * - longestGapMs: how long the event loop stops at most within a second, with the worker reading
 *   once a second; quietGapMs without it and spawnLongestGapMs with a process started once a second
 *   instead, in turns. Medians over windows, with 1 GiB of memory in use.
 * - cycleUs: one reading of two devices over FFI, decoded and checked, in the worker. cycleCalls are
 *   its calls of the driver, cycleDriverUs what these cost through koffi alone. None of it is on the
 *   event loop.
 * - observeUs8Gpus: one collection of eight, on the event loop. observeOwnUs8Gpus is our part; the
 *   rest is what the SDK does with the points.
 * - workerCpuPercent: CPU of the whole process above that of the same process without the worker,
 *   after half a minute; workerCpuFirstPercent is that half minute, in which V8 compiles what runs
 *   once a second.
 * - startupMs: what starting costs the main thread. startupBeforeTurnMs is the part before the first
 *   turn of the loop, emptyThreadMs what a thread that does nothing costs.
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

type Mode = 'none' | 'worker' | 'spawn' | 'thread';

interface Result {
  readonly gapsMs: readonly number[];
  readonly cpuPercent: number;
  readonly firstCpuPercent: number;
  readonly startMs: number;
  readonly beforeTurnMs: number;
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
    const cycle = measureCycle(stub.library);
    const observation = await measureObservation();
    const starts = startsInTurns(stub.library);
    const figures = {
      longestGapMs: gaps.worker,
      spawnLongestGapMs: gaps.spawn,
      quietGapMs: gaps.none,
      cycleUs: cycle.us,
      cycleCalls: cycle.calls,
      cycleDriverUs: cycle.driverUs,
      observeUs8Gpus: observation.us,
      observeOwnUs8Gpus: observation.ownUs,
      workerCpuPercent: idle.cpuPercent,
      workerCpuFirstPercent: idle.firstCpuPercent,
      workerRssMib: idle.rssMib,
      ...starts,
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

/** Medians of milliseconds of the main thread, with the reader and with a thread of nothing. */
function startsInTurns(library: string): Readonly<Record<string, number>> {
  const starts: Result[] = [];
  const empty: Result[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    starts.push(run(library, 'worker', { seconds: 0 }));
    empty.push(run(library, 'thread', { seconds: 0 }));
  }
  return {
    startupMs: median(starts.map(({ startMs }) => startMs)),
    startupBeforeTurnMs: median(starts.map(({ beforeTurnMs }) => beforeTurnMs)),
    emptyThreadMs: median(empty.map(({ startMs }) => startMs)),
  };
}

type OncePerSecond = 'none' | 'worker' | 'spawn';

/** Median of the longest gap of each second, by what happens once a second. */
function gapsInTurns(library: string): Readonly<Record<OncePerSecond, number>> {
  const gaps: Record<OncePerSecond, number[]> = { none: [], worker: [], spawn: [] };
  for (let round = 0; round < GAP_ROUNDS; round += 1) {
    for (const mode of ['none', 'worker', 'spawn'] as const) {
      gaps[mode].push(...run(library, mode, { seconds: 6, mib: BIG_MIB }).gapsMs);
    }
  }
  return { none: median(gaps.none), worker: median(gaps.worker), spawn: median(gaps.spawn) };
}

/** Both at once, as CPU time does not depend on who else runs. */
async function idleCpu(
  library: string,
): Promise<Pick<Result, 'cpuPercent' | 'firstCpuPercent' | 'rssMib'>> {
  const [without, withWorker] = await Promise.all([
    runIdle(library, 'none'),
    runIdle(library, 'worker'),
  ]);
  return {
    cpuPercent: withWorker.cpuPercent - without.cpuPercent,
    firstCpuPercent: withWorker.firstCpuPercent - without.firstCpuPercent,
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
