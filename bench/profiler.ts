import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Profile } from '../instrumentations/profiler/src/profile.ts';
import { watchStalls } from '../instrumentations/profiler/src/stall/watch-stalls.ts';
import { startProfile } from '../instrumentations/profiler/src/start-profile.ts';
import type { CpuProfile, ProfileNode } from '../instrumentations/profiler/src/tree/cpu-profile.ts';

/**
 * What a profile costs, in CPU time of the process by the kernel's count: a sample, sampling while
 * busy and while idle, the watchdog, and drawing 10,000 nodes. Wall time is never compared: its
 * noise is larger than the cost.
 *
 * A sample costs some microseconds, and the same work differs by percents from one process to the
 * next. So it is measured within one process, in blocks of equal work that are sampled in turns: each
 * is compared with the plain blocks around it. The middle of these differences is the figure, and
 * the middle half of them is printed beside it: a figure within its own spread of 0 means nothing.
 */
export async function main({ isJson }: { readonly isJson: boolean }): Promise<void> {
  const busy = quartiles(await inProcess('busy'));
  const busyPeer = quartiles(await inProcess('busy by datadog'));
  const [plain, sampled, watched, sampledPeer] = await idleInTurns();
  const figures = {
    perSampleUs: rounded(busy.middle),
    perSampleUsSpread: [rounded(busy.low), rounded(busy.high)],
    // At one sample every 10 ms there are 100 a second.
    busyPercent: rounded((busy.middle * 100 * 100) / 1e6),
    // Ten of every sixty seconds.
    idlePercent: rounded(((sampled - plain) * 10) / 60),
    watchdogIdlePercent: rounded(watched - plain),
    svg10000NodesMs: rounded(drawMs(10_000)),
    // The same program under the sampler of @datadog/pprof, with a sample as often.
    datadogPerSampleUs: rounded(busyPeer.middle),
    datadogPerSampleUsSpread: [rounded(busyPeer.low), rounded(busyPeer.high)],
    datadogIdlePercent: rounded(((sampledPeer - plain) * 10) / 60),
  };
  if (!isJson) {
    const spread = figures.perSampleUsSpread.join(' to ');
    console.log(`a sample              ${figures.perSampleUs} us of CPU (half of all: ${spread})`);
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

interface Quartiles {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { low: at(0.25), middle: at(0.5), high: at(0.75) };
}

type Kind = 'busy' | 'busy by datadog' | 'idle' | 'idle sampled' | 'watched' | 'idle by datadog';

const IDLE_KINDS = ['idle', 'idle sampled', 'watched', 'idle by datadog'] as const;

/** Percent of a processor for each kind; all at once, as CPU time does not depend on who else runs. */
async function idleInTurns(): Promise<readonly [number, number, number, number]> {
  const [plain, sampled, watched, peer] = IDLE_KINDS.map((kind) => inProcess(kind));
  const percentOf = async (values: Promise<readonly number[]> | undefined): Promise<number> =>
    (await values)?.[0] ?? Number.NaN;
  return Promise.all([percentOf(plain), percentOf(sampled), percentOf(watched), percentOf(peer)]);
}

/** Measures in a process of its own, so that nothing of this one is counted. */
async function inProcess(kind: Kind): Promise<readonly number[]> {
  const child = fork(fileURLToPath(import.meta.url), [kind], {
    execArgv: ['--conditions=@telltale/source'],
  });
  return await new Promise<readonly number[]>((resolve, reject) => {
    child.once('message', (measured) => resolve(measured as readonly number[]));
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`The measured process ended with ${code}`));
    });
  });
}

const SETTLE_MS = 3_000;
const IDLE_MS = 20_000;
const IDLE_INTERVAL_MS = 10;
const DENSE_INTERVAL_MS = 0.25;
const PAIRS = 24;
const BLOCK_ROUNDS = 250;

async function measure(kind: string): Promise<readonly number[]> {
  work(BLOCK_ROUNDS);
  if (kind.startsWith('busy')) return await samplesUs(kind);
  const stop =
    kind === 'watched'
      ? watchStalls({ onStall: () => {}, onLag: () => {}, onFailure: () => {} })
      : undefined;
  const isSampled = kind === 'idle sampled' || kind === 'idle by datadog';
  const running = isSampled ? await sampler(kind, IDLE_INTERVAL_MS) : undefined;
  // What is compiled and collected after a start is no cost of idling.
  await sleep(SETTLE_MS);
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await sleep(IDLE_MS);
  const cpuMs = cpuMsSince(before);
  const elapsedMs = performance.now() - startedMs;
  await running?.stop();
  stop?.();
  return [(cpuMs / elapsedMs) * 100];
}

/** Microseconds of a sample, one for every block that was sampled. */
async function samplesUs(kind: string): Promise<readonly number[]> {
  const costs: number[] = [];
  let before = blockCpuMs();
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const running = await sampler(kind, DENSE_INTERVAL_MS);
    // Starting is no part of a sample: V8 tells its sampler of all functions first.
    work(BLOCK_ROUNDS / 10);
    const startedMs = performance.now();
    const sampled = blockCpuMs();
    const samples = (performance.now() - startedMs) / DENSE_INTERVAL_MS;
    await running.stop();
    const after = blockCpuMs();
    costs.push(((sampled - (before + after) / 2) * 1_000) / samples);
    before = after;
  }
  return costs;
}

function blockCpuMs(): number {
  const before = process.cpuUsage();
  work(BLOCK_ROUNDS);
  return cpuMsSince(before);
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Ours, or the one that Datadog and Pyroscope use, as they start it. */
async function sampler(kind: string, intervalMs: number): Promise<{ stop(): Promise<unknown> }> {
  if (!kind.endsWith('by datadog')) return startProfile({ intervalMs });
  const { time } = await import('@datadog/pprof');
  time.start({ intervalMicros: intervalMs * 1_000, durationMillis: 60_000 });
  return {
    stop: () => {
      time.stop();
      return Promise.resolve();
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
  process.send(await measure(process.argv[2] ?? ''));
  process.disconnect();
}
