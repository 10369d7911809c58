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
 */
export async function main({ isJson }: { readonly isJson: boolean }): Promise<void> {
  const work = { plain: await cpuOf('busy'), dense: await cpuOf('busy', 0.25) };
  const perSampleUs = ((work.dense.cpuMs - work.plain.cpuMs) * 1000) / work.dense.samples;
  const idle = { plain: await cpuOf('idle'), sampled: await cpuOf('idle', 10) };
  const watched = await cpuOf('watched');
  const peer = {
    dense: await cpuOf('busy by datadog', 0.25),
    idle: await cpuOf('idle by datadog', 10),
  };
  const ofPeer = ((peer.dense.cpuMs - work.plain.cpuMs) * 1000) / (peer.dense.elapsedMs / 0.25);
  const figures = {
    perSampleUs: rounded(perSampleUs),
    // At one sample every 10 ms there are 100 a second.
    busyPercent: rounded((perSampleUs * 100 * 100) / 1e6),
    // Ten of every sixty seconds.
    idlePercent: rounded(((idle.sampled.percent - idle.plain.percent) * 10) / 60),
    watchdogIdlePercent: rounded(watched.percent - idle.plain.percent),
    svg10000NodesMs: rounded(drawMs(10_000)),
    // The same program under the sampler of @datadog/pprof, with a sample as often.
    datadogPerSampleUs: rounded(ofPeer),
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
  readonly cpuMs: number;
  readonly percent: number;
  readonly elapsedMs: number;
  readonly samples: number;
}

type Kind = 'busy' | 'idle' | 'watched' | 'busy by datadog' | 'idle by datadog';

/** Measures in a process of its own, so that nothing of this one is counted. */
async function cpuOf(kind: Kind, intervalMs?: number): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), [kind, String(intervalMs ?? 0)], {
    execArgv: ['--conditions=@telltale/source'],
  });
  return await new Promise<Measured>((resolve, reject) => {
    child.once('message', (measured) => resolve(measured as Measured));
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`The measured process ended with ${code}`));
    });
  });
}

const IDLE_MS = 15_000;
const ROUNDS = 900;

async function measure(kind: string, intervalMs: number): Promise<Measured> {
  work(50);
  const stop =
    kind === 'watched'
      ? watchStalls({ onStall: () => {}, onLag: () => {}, onFailure: () => {} })
      : undefined;
  await sleep(500);
  const running = intervalMs > 0 ? await sampler(kind, intervalMs) : undefined;
  const before = process.cpuUsage();
  const startedMs = performance.now();
  if (kind.startsWith('busy')) work(ROUNDS);
  else await sleep(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - startedMs;
  const profile = await running?.stop();
  stop?.();
  const cpuMs = (user + system) / 1000;
  return {
    cpuMs,
    percent: (cpuMs / elapsedMs) * 100,
    elapsedMs,
    samples: profile?.statistics().samples ?? 0,
  };
}

/** Ours, or the one that Datadog and Pyroscope use, as they start it. */
async function sampler(
  kind: string,
  intervalMs: number,
): Promise<{ stop(): Promise<Profile | undefined> }> {
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
