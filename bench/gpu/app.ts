/** One process of `bench/gpu.ts`: prints how long its loop stopped, and what it used. */
import { execFile } from 'node:child_process';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

import { GpuInstrumentation } from '@telltale/instrumentation-gpu';

interface Wanted {
  readonly library: string;
  readonly mode: 'none' | 'worker' | 'spawn';
  readonly seconds: number;
  readonly mib?: number;
  readonly isIdle?: boolean;
}

const WARMUP_MS = 2_000;
const wanted = JSON.parse(process.argv[2] ?? '{}') as Wanted;
// Touched, so that it counts when a process is started.
const ballast = wanted.mib === undefined ? undefined : Buffer.alloc(wanted.mib * 2 ** 20, 1);

const startMs = await startReading();
await delay(wanted.seconds === 0 ? 0 : WARMUP_MS);
if (wanted.mode === 'spawn') setInterval(() => execFile('/bin/true', () => {}), 1_000);
const gapsMs: number[] = [];
const before = process.cpuUsage();
const beforeMs = performance.now();
if (wanted.isIdle === true) await delay(wanted.seconds * 1_000);
else for (let second = 0; second < wanted.seconds; second += 1) gapsMs.push(await longestGap());
const { user, system } = process.cpuUsage(before);
const cpuPercent = (user + system) / 10 / Math.max(1, performance.now() - beforeMs);
const rssMib = process.memoryUsage.rss() / 2 ** 20;
process.stdout.write(JSON.stringify({ gapsMs, cpuPercent, startMs, rssMib }));
process.exit(ballast === undefined ? 0 : ballast.length % 2);

/** Milliseconds of the main thread: the constructor, and the turn in which the worker is made. */
async function startReading(): Promise<number> {
  if (wanted.mode !== 'worker') return 0;
  const constructed = performance.now();
  const first = turn().then(() => performance.now());
  const gpu = new GpuInstrumentation({ nvmlLibrary: wanted.library, reader: 'nvml' });
  const constructorMs = performance.now() - constructed;
  const last = turn().then(() => performance.now());
  const turnMs = -(await first) + (await last);
  process.once('exit', () => gpu.disable());
  return constructorMs + turnMs;
}

/** The longest time between two turns of the loop, within a second. */
async function longestGap(): Promise<number> {
  const end = performance.now() + 1_000;
  let last = performance.now();
  let longest = 0;
  while (last < end) {
    await turn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}
