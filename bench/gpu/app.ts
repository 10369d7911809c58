/** One process of `bench/gpu.ts`: prints how long its loop stopped, and what it used. */
import { execFile } from 'node:child_process';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { GpuInstrumentation } from '@telltale/instrumentation-gpu';

interface Wanted {
  readonly library: string;
  readonly mode: 'none' | 'worker' | 'spawn' | 'thread';
  readonly seconds: number;
  readonly mib?: number;
  readonly isIdle?: boolean;
}

const WARMUP_MS = 2_000;
const wanted = JSON.parse(process.argv[2] ?? '{}') as Wanted;
// Touched, so that it counts when a process is started.
const ballast = wanted.mib === undefined ? undefined : Buffer.alloc(wanted.mib * 2 ** 20, 1);

const { startMs, beforeTurnMs } = await start();
await delay(wanted.seconds === 0 ? 0 : WARMUP_MS);
if (wanted.mode === 'spawn') setInterval(() => execFile('/bin/true', () => {}), 1_000);
const gapsMs: number[] = [];
const firstCpuPercent = wanted.isIdle === true ? await idlePercent() : 0;
const cpuPercent = wanted.isIdle === true ? await idlePercent() : 0;
for (let second = 0; wanted.isIdle !== true && second < wanted.seconds; second += 1) {
  gapsMs.push(await longestGap());
}
const rssMib = process.memoryUsage.rss() / 2 ** 20;
process.stdout.write(
  JSON.stringify({ gapsMs, cpuPercent, firstCpuPercent, startMs, beforeTurnMs, rssMib }),
);
process.exit(ballast === undefined ? 0 : ballast.length % 2);

/** Percent of a processor that this process uses while it does nothing. */
async function idlePercent(): Promise<number> {
  const before = process.cpuUsage();
  const beforeMs = performance.now();
  await delay(wanted.seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 10 / (performance.now() - beforeMs);
}

async function start(): Promise<{ readonly startMs: number; readonly beforeTurnMs: number }> {
  if (wanted.mode === 'worker') return await startReading();
  return { startMs: wanted.mode === 'thread' ? startThread() : 0, beforeTurnMs: 0 };
}

/** A thread like ours with nothing in it: no reader in a thread can start for less. */
function startThread(): number {
  const before = performance.now();
  const options = { eval: true, execArgv: [], env: {}, stdout: true, stderr: true };
  new Worker('', options).unref();
  return performance.now() - before;
}

/** Milliseconds of the main thread: the constructor, and the turn in which the worker is made. */
async function startReading(): Promise<{
  readonly startMs: number;
  readonly beforeTurnMs: number;
}> {
  const constructed = performance.now();
  const first = turn().then(() => performance.now());
  const gpu = new GpuInstrumentation({ nvmlLibrary: wanted.library, reader: 'nvml' });
  const constructorMs = performance.now() - constructed;
  const last = turn().then(() => performance.now());
  const turnMs = -(await first) + (await last);
  process.once('exit', () => gpu.disable());
  return { startMs: constructorMs + turnMs, beforeTurnMs: constructorMs };
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
