import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { createAppFolder, freePort } from '../support/run-app.ts';

const promtool = referenceBinaryOrWarn('promtool', 'the shared page in promtool');

const folder = createAppFolder();
const running: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(end));
});
afterAll(() => folder.remove());

const INFER = `
const ort = require('onnxruntime-node');
async function infer(runs) {
  const session = await ort.InferenceSession.create('./iris.onnx');
  for (let i = 0; i < runs; i++) {
    const features = new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]);
    await session.run({ [session.inputNames[0]]: features });
  }
}
`;

/**
 * Worker n of the cluster runs the model n times. The primary is not watched: on a machine that is busy
 * enough it would open the page before the first model is loaded.
 */
const CLUSTER = `
const cluster = require('node:cluster');
if (cluster.isPrimary) {
  cluster.setupPrimary({ execArgv: ['--require', 'telltale/register'] });
  for (const runs of [1, 2, 4]) cluster.fork({ RUNS: String(runs) });
  process.on('SIGTERM', () => process.exit());
} else {
  ${INFER}
  infer(Number(process.env.RUNS)).then(() => console.log('ready ' + process.pid));
  setInterval(() => {}, 1000);
}
`;

/** Thread n runs the model n times; the main thread once. The last one then computes forever. */
const THREADS = `
const { isMainThread, Worker, workerData, threadId } = require('node:worker_threads');
${INFER}
if (isMainThread) {
  const workers = [2, 4, 8].map((runs) => new Worker(__filename, { workerData: runs }));
  infer(1);
  process.on('SIGUSR2', () => workers[0].terminate());
  setInterval(() => {}, 1000);
} else {
  infer(workerData).then(() => {
    console.log('ready ' + threadId);
    if (workerData === 8) setTimeout(() => { for (;;) {} }, 2000);
  });
  setInterval(() => {}, 1000);
}
`;

const SERVER = `${INFER} infer(Number(process.env.RUNS)).then(() => console.log('ready ' + process.pid));
setInterval(() => {}, 1000);`;

interface App {
  readonly child: ChildProcess;
  /** Process or thread numbers of who is ready. */
  readonly ready: Promise<readonly number[]>;
  readonly stderr: () => string;
}

function start(file: string, env: Readonly<Record<string, string>>, count: number): App {
  const flags = file.endsWith('cluster.cjs') ? [] : ['--require', 'telltale/register'];
  const child = spawn(process.execPath, [...flags, file], {
    cwd: folder.path,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...(process.env['TMPDIR'] === undefined ? {} : { TMPDIR: process.env['TMPDIR'] }),
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  let stdout = '';
  const ready = new Promise<readonly number[]>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const ids = [...stdout.matchAll(/^ready (\d+)$/gmu)].map((match) => Number(match[1]));
      if (ids.length === count) resolve(ids);
    });
  });
  return { child, ready, stderr: () => stderr };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Asks for the page again and again until it shows what is expected. */
async function pageWith(
  port: number,
  isExpected: (counts: ReadonlyMap<string, number>) => boolean,
): Promise<ReadonlyMap<string, number>> {
  let seen: ReadonlyMap<string, number> = new Map();
  for (let left = 150; left > 0; left -= 1) {
    seen = await countsAt(port).catch(() => new Map());
    if (isExpected(seen)) return seen;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`The page shows ${JSON.stringify([...seen])}`);
}

/** Inferences by process and thread, as `pid/thread`; either is empty without its label. */
async function countsAt(port: number): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const counts = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (!line.startsWith('ml_inference_duration_seconds_count{')) continue;
    const label = (name: string): string =>
      new RegExp(`${name}="(\\d+)"`, 'u').exec(line)?.[1] ?? '';
    const key = `${label('process_pid')}/${label('thread_id')}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(/ (\d+)$/u.exec(line)?.[1]));
  }
  return counts;
}

const byNumber = (a: number, b: number): number => a - b;

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

interface Status {
  readonly pid: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly thread_id: number;
    readonly is_late: boolean;
    readonly models: readonly { readonly name: string; readonly runs: number }[];
  }[];
}

async function statusAt(port: number): Promise<Status> {
  const response = await fetch(`http://127.0.0.1:${port}/monitoring/status`);
  return (await response.json()) as Status;
}

const sockets = (): readonly string[] => {
  const path = join(tmpdir(), `telltale-${process.getuid?.() ?? 0}`);
  return readdirSync(path).map((name) => join(path, name));
};

describe('the page of a cluster', () => {
  test('shows every worker, loses those that die, and goes on when its own process dies', async () => {
    const port = await freePort();
    const file = folder.write('cluster.cjs', CLUSTER);
    const app = start(file, { TELLTALE_MONITORING_PORT: String(port) }, 3);
    const workers = await app.ready;
    const counts = await pageWith(port, (seen) => seen.size === 3);
    expect([...counts.keys()].toSorted()).toEqual(workers.map((pid) => `${pid}/`).toSorted());
    expect([...counts.values()].toSorted(byNumber)).toEqual([1, 2, 4]);

    if (promtool !== undefined) {
      const input = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      // Fails on a family or a series that is there twice.
      execFileSync(promtool, ['check', 'metrics', '--lint=none', '--extended'], {
        input,
        stdio: 'pipe',
      });
    }

    const status = await statusAt(port);
    expect(workers).toContain(status.pid);
    expect(status.processes.map(({ pid }) => pid).toSorted(byNumber)).toEqual(
      workers.toSorted(byNumber),
    );
    expect(status.processes.map(({ models }) => models[0]?.runs ?? 0).toSorted(byNumber)).toEqual([
      1, 2, 4,
    ]);

    const other = status.processes.find(({ pid }) => pid !== status.pid)?.pid ?? 0;
    process.kill(other, 'SIGKILL');
    const left = await pageWith(port, (seen) => seen.size === 2);
    expect(sum(left)).toBe(7 - (counts.get(`${other}/`) ?? 0));

    process.kill(status.pid, 'SIGKILL');
    const last = await pageWith(port, (seen) => seen.size === 1 && !seen.has(`${status.pid}/`));
    expect(sum(last)).toBe(sum(left) - (counts.get(`${status.pid}/`) ?? 0));
    expect(app.stderr()).toBe('');
  }, 40_000);

  test('is reached through a socket that is this user alone', async () => {
    const port = await freePort();
    const file = folder.write('server.cjs', SERVER);
    const env = { TELLTALE_MONITORING_PORT: String(port), RUNS: '1' };
    const [first, second] = [start(file, env, 1), start(file, env, 1)];
    await Promise.all([first.ready, second.ready]);
    await pageWith(port, (seen) => seen.size === 2);
    const { pid } = await statusAt(port);
    const [path = ''] = sockets().filter((one) => one.endsWith(`-${pid}.sock`));
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(path, '..')).mode & 0o777).toBe(0o700);
  }, 30_000);

  test('is not shared by services of different names, and one line tells it', async () => {
    const port = await freePort();
    const file = folder.write('server.cjs', SERVER);
    const env = { TELLTALE_MONITORING_PORT: String(port), RUNS: '3' };
    const first = start(file, { ...env, OTEL_SERVICE_NAME: 'a' }, 1);
    await first.ready;
    await pageWith(port, (seen) => seen.size === 1);
    const second = start(file, { ...env, OTEL_SERVICE_NAME: 'b' }, 1);
    await second.ready;
    await new Promise<void>((resolve) => {
      second.child.stderr?.on('data', () => resolve());
    });
    expect(second.stderr()).toContain(`Cannot serve metrics on 127.0.0.1:${port}`);
    expect(await countsAt(port)).toEqual(new Map([['/', 3]]));
  }, 30_000);
});

describe('the page of threads', () => {
  test('shows each, also one that computes, and loses those that end', async () => {
    const port = await freePort();
    const file = folder.write('threads.cjs', THREADS);
    const app = start(file, { TELLTALE_MONITORING_PORT: String(port) }, 3);
    const threads = await app.ready;
    const counts = await pageWith(port, (seen) => seen.size === 4);
    expect([...counts.keys()].toSorted()).toEqual(
      ['/', ...threads.map((id) => `/${id}`)].toSorted(),
    );
    expect(counts.get('/')).toBe(1);
    expect([...counts.values()].toSorted(byNumber)).toEqual([1, 2, 4, 8]);

    const [ended = ''] = [...counts].find(([, count]) => count === 2) ?? [];
    app.child.kill('SIGUSR2');
    const left = await pageWith(port, (seen) => !seen.has(ended));
    expect(sum(left)).toBe(13);

    // The thread that computes answers nothing any more; its last page stands.
    let status = await statusAt(port);
    while (!status.processes.some(({ is_late: isLate }) => isLate)) status = await statusAt(port);
    expect(sum(await countsAt(port))).toBe(13);
    expect(status.processes).toHaveLength(3);
  }, 30_000);

  test('tells what the process uses once', async () => {
    const port = await freePort();
    const file = folder.write('threads.cjs', THREADS);
    const app = start(file, { TELLTALE_MONITORING_PORT: String(port) }, 3);
    await app.ready;
    await pageWith(port, (seen) => seen.size === 4);
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line.startsWith('process_memory_usage_bytes'));
    expect(lines).toHaveLength(1);
  }, 30_000);
});
