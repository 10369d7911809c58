import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { deviceLines } from '../../../../examples/gpu-check/stub/devices.ts';
import { GpuWorker } from '../../../../instrumentations/gpu/src/host/gpu-worker.ts';
import { samplerOptions } from '../../../../instrumentations/gpu/src/host/settings.ts';
import { runGpuApp } from '../../../support/gpu/gpu-app.ts';
import { canCompile, useStubs } from '../../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';
import { createAppFolder } from '../../../support/run-app.ts';

const temporary = useOwnTemporaryFolder();
const stubOf = useStubs();
const folder = createAppFolder();
afterAll(() => folder.remove());

const HAS_VALUES = `(metrics) => metrics.get('hw.power')?.length > 0`;

describe.skipIf(!canCompile)('the worker in a real process', () => {
  test('values arrive, and nothing holds the process', async () => {
    const stub = stubOf([...deviceLines(0), ...deviceLines(1)]);
    const { code, stdout, stderr, endMs } = await runGpuApp(folder, stub, {
      body: `
const metrics = await until(${HAS_VALUES});
console.log(JSON.stringify(metrics.get('hw.power').map(({ value, attributes }) => [attributes['hw.name'], value])));
console.log(metrics.get('ml.gpu.collection.duration')[0].value.count > 0);
console.log('ENDING');
`,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('[["gpu0",627.4],["gpu1",627.4]]\ntrue\nENDING\n');
    expect(endMs).toBeLessThan(2_000);
  });

  test('what the application preloads does not run in the worker', async () => {
    const preload = folder.write('preload.cjs', "console.log('PRELOADED');\n");
    const { stdout } = await runGpuApp(folder, stubOf(deviceLines(0)), {
      body: `await until(${HAS_VALUES});`,
      flags: ['--require', preload],
      env: { NODE_OPTIONS: `--require ${preload}` },
    });
    // Twice on the main thread: by the flag and by the variable are one module, loaded once.
    expect(stdout).toBe('PRELOADED\n');
  });

  test.for([
    { name: 'process.exit(7)', end: 'process.exit(7);', code: 7 },
    { name: 'a natural end with an exit code', end: 'process.exitCode = 3;', code: 3 },
    { name: 'an uncaught error', end: "throw new Error('own');", code: 1 },
  ])('a driver that hangs does not hold $name', async ({ end, code }) => {
    const stub = stubOf([...deviceLines(0), 'delay nvmlDeviceGetPowerUsage 8000']);
    const result = await runGpuApp(folder, stub, {
      body: `
process.on('exit', (code) => console.log('LATER', code));
await new Promise((resolve) => setTimeout(resolve, 700));
console.log('ENDING');
${end}
`,
    });
    expect(result.code).toBe(code);
    expect(result.signal).toBe(null);
    expect(result.stdout).toContain(`ENDING\nLATER ${code}\n`);
    expect(result.endMs).toBeLessThan(4_000);
  });

  test('a driver that hangs later leaves the age, a degraded state, and one warning', async () => {
    const stub = stubOf(deviceLines(0));
    const { stdout } = await runGpuApp(folder, stub, {
      body: `
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { appendFileSync } from 'node:fs';
const warnings = [];
const log = () => {};
diag.setLogger({ error: log, warn: (...parts) => warnings.push(parts.join(' ')), info: log, debug: log, verbose: log }, DiagLogLevel.WARN);
await until(${HAS_VALUES});
appendFileSync(${JSON.stringify(`${stub.library}.txt`)}, 'delay nvmlDeviceGetPowerUsage 60000\\n');
const metrics = await until((all) => all.get('ml.gpu.snapshot.age')[0].value > 1);
await collect();
console.log(JSON.stringify([
  metrics.get('hw.status').filter(({ value }) => value === 1).map(({ attributes }) => attributes['hw.state']),
  warnings.filter((line) => line.includes('does not answer')).map((line) => line.replace(/^\\S+ /u, '')),
]));
process.exit(0);
`,
    });
    expect(JSON.parse(stdout)).toEqual([
      ['degraded'],
      [
        'The GPU driver does not answer: nvmlDeviceGetPowerUsage does not return: values of devices are absent',
      ],
    ]);
  });

  test('the permission model turns it off with one line that names the flag', async () => {
    const stub = stubOf(deviceLines(0));
    const { code, stderr, stdout } = await runGpuApp(folder, stub, {
      flags: ['--permission', '--allow-fs-read=*'],
      body: `
import { diag, DiagLogLevel } from '@opentelemetry/api';
const lines = [];
const log = () => {};
diag.setLogger({ error: log, warn: log, info: (...parts) => lines.push(parts.join(' ')), debug: log, verbose: log }, DiagLogLevel.INFO);
await new Promise((resolve) => setTimeout(resolve, 1500));
console.log(JSON.stringify(lines.filter((line) => line.includes('permission')).map((line) => line.replace(/^\\S+ /u, ''))));
`,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      'The thread that watches GPUs does not run: the permission model of Node.js needs --allow-worker',
    ]);
  });
});

describe('GpuWorker', () => {
  test('a worker that dies is started again, later and later', async () => {
    const file = join(temporary, 'dies.mjs');
    writeFileSync(file, "throw new Error('no memory');\n");
    const failures: string[] = [];
    const atMs: number[] = [];
    const events = new EventTarget();
    const worker = new GpuWorker(file, samplerOptions({}, []), {
      onSnapshot: () => {},
      onFailure: (reason) => {
        failures.push(reason);
        atMs.push(performance.now());
        events.dispatchEvent(new Event('failure'));
      },
    });
    const second = (): Promise<unknown> => once(events, 'failure');
    const first = second();
    worker.start();
    await first;
    await second();
    worker.stop();
    expect(failures).toEqual(['no memory', 'no memory']);
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('on a machine without readers the worker ends, and is not started again', async () => {
    const snapshots: number[] = [];
    const failures: string[] = [];
    const events = new EventTarget();
    const worker = new GpuWorker(
      join(import.meta.dirname, '../../../../instrumentations/gpu/src/worker/main.ts'),
      samplerOptions({ reader: 'amdgpu', sysfsRoot: temporary }, []),
      {
        onSnapshot: ({ cycles }) => {
          snapshots.push(cycles.length);
          events.dispatchEvent(new Event('snapshot'));
        },
        onFailure: (reason) => failures.push(reason),
      },
    );
    const arrived = once(events, 'snapshot');
    worker.start();
    await arrived;
    expect([snapshots, failures]).toEqual([[0], []]);
    worker.stop();
  });
});
