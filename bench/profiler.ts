import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Profile } from '../instrumentations/profiler/src/profile.ts';
import { watchStalls } from '../instrumentations/profiler/src/stall/watch-stalls.ts';
import { startProfile } from '../instrumentations/profiler/src/start-profile.ts';
import type { CpuProfile, ProfileNode } from '../instrumentations/profiler/src/tree/cpu-profile.ts';
import { median } from './quantiles.ts';

/**
 * What a profile costs, in CPU time of the process by the kernel's count: a sample, sampling while
 * busy and while idle, the watchdog, and drawing 10,000 nodes. Wall time is never compared: its
 * noise is larger than the cost. Busy work with and without samples takes turns in one process,
 * because the speed of a shared machine changes by the second.
 */
export async function main({ isJson }: { readonly isJson: boolean }): Promise<void> {
  const { perSampleUs } = await measured('busy', 0.25);
  const idle = { plain: await measured('idle'), sampled: await measured('idle', 10) };
  const watched = await measured('watched');
  const peer = {
    perSampleUs: (await measured('busy by datadog', 0.25)).perSampleUs,
    idle: await measured('idle by datadog', 10),
  };
  const figures = {
    perSampleUs: rounded(perSampleUs),
    // At one sample every 10 ms there are 100 a second.
    busyPercent: rounded((perSampleUs * 100 * 100) / 1e6),
    // Ten of every sixty seconds.
    idlePercent: rounded(((idle.sampled.percent - idle.plain.percent) * 10) / 60),
    watchdogIdlePercent: rounded(watched.percent - idle.plain.percent),
    svg10000NodesMs: rounded(drawMs(10_000)),
    // The same program under the sampler of @datadog/pprof, with a sample as often.
    datadogPerSampleUs: rounded(peer.perSampleUs),
    datadogIdlePercent: rounded(((peer.idle.percent - idle.plain.percent) * 10) / 60),
  };
  if (!isJson) {
    console.log(`a sample              ${figures.perSampleUs} us of CPU`);
    console.log(`busy, every 10 ms     ${figures.busyPercent} %`);
    console.log(`idle, continuous      ${figures.idlePercent} %`);
    console.log(`watchdog, idle        ${figures.watchdogIdlePercent} %`);
    console.log(
      `@datadog/pprof: a sample ${figures.datadogPerSampleUs} us, idle ${figures.datadogIdlePercent} %`,
    );
    console.log(`a picture of 10,000   ${figures.svg10000NodesMs} ms`);
  }
  console.log(JSON.stringify(figures));
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

interface Measured {
  /** CPU time of the process, of one core. */
  readonly percent: number;
  readonly perSampleUs: number;
}

type Kind = 'busy' | 'idle' | 'watched' | 'busy by datadog' | 'idle by datadog';

/** Measures in a process of its own, so that nothing of this one is counted. */
async function measured(kind: Kind, intervalMs?: number): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), [kind, String(intervalMs ?? 0)], {
    execArgv: ['--conditions=@telltale/source'],
  });
  return await new Promise<Measured>((resolve, reject) => {
    child.once('message', (figures) => resolve(figures as Measured));
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`The measured process ended with ${code}`));
    });
  });
}

const IDLE_MS = 15_000;
/** Turns of work without samples, with them, and without again. */
const TURNS = 25;
const ROUNDS = 60;

async function measure(kind: string, intervalMs: number): Promise<Measured> {
  if (kind.startsWith('busy')) {
    return { percent: 100, perSampleUs: await costOfSample(kind, intervalMs) };
  }
  const stop =
    kind === 'watched'
      ? watchStalls({ onStall: () => {}, onLag: () => {}, onFailure: () => {} })
      : undefined;
  await sleep(500);
  const running = intervalMs > 0 ? await sampler(kind, intervalMs) : undefined;
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await sleep(IDLE_MS);
  const cpuMs = cpuSince(before);
  const elapsedMs = performance.now() - startedMs;
  await running?.stop();
  stop?.();
  return { percent: (cpuMs / elapsedMs) * 100, perSampleUs: Number.NaN };
}

/** Median over the turns: what the sampled work costs more than the mean of its neighbours, a sample. */
async function costOfSample(kind: string, intervalMs: number): Promise<number> {
  const run = (): { readonly cpuMs: number; readonly elapsedMs: number } => {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    work(ROUNDS);
    return { cpuMs: cpuSince(before), elapsedMs: performance.now() - startedMs };
  };
  run();
  const costs: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const left = run();
    const running = await sampler(kind, intervalMs);
    const sampled = run();
    await running.stop();
    const right = run();
    const extraMs = sampled.cpuMs - (left.cpuMs + right.cpuMs) / 2;
    costs.push((extraMs * 1000) / (sampled.elapsedMs / intervalMs));
  }
  return median(costs);
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Ours, or the one that Datadog and Pyroscope use, as they start it. */
async function sampler(kind: string, intervalMs: number): Promise<{ stop(): Promise<unknown> }> {
  if (!kind.endsWith('by datadog')) return startProfile({ intervalMs });
  const { time } = await import('@datadog/pprof');
  time.start({ intervalMicros: intervalMs * 1000, durationMillis: 60_000 });
  return {
    stop: () => {
      time.stop();
      return Promise.resolve(undefined);
    },
  };
}

/** A fixed amount of work, so that CPU time can be compared. */
function work(rounds: number): number {
  let sum = 0;
  for (let round = 0; round < rounds; round += 1) {
    sum += JSON.stringify(Array.from({ length: 2000 }, (_, index) => ({ index }))).length;
  }
  return sum;
}

const BOXES_WIDE = 1000;

/** Draws so many boxes, all of them wide enough to be seen: stacks side by side. */
function drawMs(count: number): number {
  const depth = count / BOXES_WIDE;
  const node = (id: number, name: string, children: readonly number[]): ProfileNode => ({
    id,
    callFrame: {
      functionName: name,
      scriptId: '1',
      url: id === 1 ? '' : `file:///app/file${id % 50}.js`,
      lineNumber: id,
      columnNumber: 0,
    },
    children,
  });
  const tops = Array.from({ length: BOXES_WIDE }, (_, stack) => 2 + stack * depth);
  const boxes = Array.from({ length: count }, (_, index) => {
    const id = index + 2;
    return node(id, `function${id}`, (index + 1) % depth === 0 ? [] : [id + 1]);
  });
  const samples = tops.flatMap((top) => Array.from({ length: depth }, () => top + depth - 1));
  const profile: CpuProfile = {
    nodes: [node(1, '(root)', tops), ...boxes],
    startTime: 0,
    endTime: count * 10_000,
    samples,
    timeDeltas: samples.map(() => 10_000),
  };
  const startedMs = performance.now();
  new Profile([{ thread: 'main', profile }], { title: 't', startMs: 0, hasIdle: false }).toSvg();
  return performance.now() - startedMs;
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , kind = '', interval = '0'] = process.argv;
  process.send(await measure(kind, Number(interval)));
  process.disconnect();
}
