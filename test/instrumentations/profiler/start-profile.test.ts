import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  ProfilerBusyError,
  profile,
  startProfile,
} from '../../../instrumentations/profiler/src/index.ts';
import { ROOT } from '../../support/tidy/source-file.ts';

function sumOfRoots(milliseconds: number): number {
  const endMs = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < endMs) {
    for (let index = 0; index < 10_000; index += 1) sum += Math.sqrt(index);
  }
  return sum;
}

test('the function that took the time is named', async () => {
  const { result, profile: recorded } = await profile(() => sumOfRoots(400), { intervalMs: 1 });
  expect(result).toBeGreaterThan(0);
  const [first] = recorded.statistics().functions;
  expect(first?.name).toBe('sumOfRoots');
});

test('a second profile is refused while one is recorded, and possible after', async () => {
  const running = await startProfile();
  await expect(startProfile()).rejects.toBeInstanceOf(ProfilerBusyError);
  const first = await running.stop();
  expect(await running.stop()).toBe(first);
  await (await startProfile()).stop();
});

test('what the function throws is thrown on, and the profiler is free again', async () => {
  await expect(
    profile(() => {
      throw new Error('mine');
    }),
  ).rejects.toThrow('mine');
  await (await startProfile()).stop();
});

test('an interval that cannot be used is refused', async () => {
  await expect(startProfile({ intervalMs: 0 })).rejects.toThrow('Cannot sample every 0 ms');
});

test('a profile with worker threads is finished where nothing else keeps the process alive', () => {
  const module = join(ROOT, 'instrumentations/profiler/src/index.ts');
  const code = `
    import { Worker } from 'node:worker_threads';
    import { startProfile } from ${JSON.stringify(module)};
    const worker = new Worker('setInterval(() => JSON.stringify([...Array(9999).keys()]), 5)', { eval: true });
    await new Promise((resolve) => worker.once('online', resolve));
    worker.unref();
    const running = await startProfile({ workers: true });
    const endMs = Date.now() + 300;
    while (Date.now() < endMs);
    console.log((await running.stop()).toFolded());`;
  const roots = execFileSync(
    process.execPath,
    ['--conditions=@telltale/source', '--input-type=module', '-e', code],
    { encoding: 'utf8' }, // throws when the exit code is 13, of an await that never settles
  )
    .split('\n')
    .map((line) => line.split(';')[0] ?? '')
    .filter((root) => root !== '');
  expect([...new Set(roots)].sort()).toEqual(['[worker 1] WorkerThread #1', 'main']);
});
