import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import type { GpuReading } from '../../../instrumentations/gpu/src/snapshot/reading.ts';
import { absent, type Finding, judged } from './finding.ts';
import type { Machine } from './machine.ts';

const LOAD = join(import.meta.dirname, '../load/main.ts');
const LOAD_SECONDS = 8;
const SETTLE_MS = 3_000;

/** Load, power and energy before, during and after a load. */
export async function checkTruth(machine: Machine): Promise<readonly Finding[]> {
  const before = await observe(machine, SETTLE_MS);
  const child = spawn(process.execPath, [LOAD, String(LOAD_SECONDS)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let reason = '';
  child.stderr.on('data', (chunk: Buffer) => {
    reason += chunk.toString();
  });
  const ended = once(child, 'close');
  await Promise.race([delay(SETTLE_MS), ended]);
  if (child.exitCode !== null) {
    return [absent('truth', 'under load', `the load does not run: ${reason.trim()}`)];
  }
  const during = await observe(machine, SETTLE_MS);
  await ended;
  await delay(SETTLE_MS);
  const after = await observe(machine, SETTLE_MS);
  return [
    rises('load', [before.busy, during.busy, after.busy]),
    rises('power in W', [before.watts, during.watts, after.watts]),
    rises('energy in J a second', [before.joules, during.joules, after.joules]),
  ];
}

type Three = readonly [before: number, during: number, after: number];

function rises(subject: string, [before, during, after]: Three): Finding {
  const detail = [before, during, after].map((value) => value.toFixed(2)).join(', then ');
  return judged('truth', subject, { isRight: during > before && after < during, detail });
}

async function observe(machine: Machine, ms: number) {
  const [first] = machine.readNvml();
  await delay(ms);
  const [last] = machine.readNvml();
  const energy = (gpu: GpuReading | undefined): number => gpu?.energyJoules ?? 0;
  return {
    busy: last?.utilization?.general ?? 0,
    watts: last?.powerWatts ?? 0,
    joules: ((energy(last) - energy(first)) / ms) * 1_000,
  };
}

const LOOK_MS = 200;
const LOOKS = 5;

/** Whether each line comes at its time, and not all of them together at the end. */
export async function checkPipe(): Promise<readonly Finding[]> {
  const args = ['--query-gpu=index,uuid', '--format=csv,noheader', '-lms', String(LOOK_MS)];
  const child = spawn('nvidia-smi', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const at: number[] = [];
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('0,')) at.push(performance.now());
    if (at.length > LOOKS) break;
  }
  clearTimeout(timer);
  child.kill('SIGKILL');
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  if (gaps.length === 0) return [absent('pipe', 'nvidia-smi -lms', 'printed no line')];
  const shortest = Math.min(...gaps);
  const detail = `${gaps.length + 1} lines, at least ${shortest.toFixed(0)} ms apart`;
  return [judged('pipe', 'nvidia-smi -lms', { isRight: shortest > LOOK_MS / 4, detail })];
}
