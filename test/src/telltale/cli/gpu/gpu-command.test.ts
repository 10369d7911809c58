import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describe, expect, test } from 'vitest';

import { deviceLines } from '../../../../../examples/gpu-check/stub/devices.ts';
import { canCompile, useStubs } from '../../../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../../../support/own-temporary-folder.ts';

const folder = useOwnTemporaryFolder();
const stubOf = useStubs();
const MAIN = join(import.meta.dirname, '../../../../../src/telltale/src/cli/main.ts');

function telltale(args: readonly string[], env: Readonly<Record<string, string>>) {
  return spawn(process.execPath, ['--conditions=@telltale/source', MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], OTEL_METRICS_EXPORTER: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = telltale(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

describe.skipIf(!canCompile)('telltale gpu', () => {
  test('one look as a table', async () => {
    const stub = stubOf(deviceLines(0));
    const { code, stdout, stderr } = await run(['gpu'], {
      TELLTALE_GPU_NVML_LIBRARY: stub.library,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[1]).toMatch(/^gpu0 {2}NVIDIA H200 {2}100 % .* 627 of 700 W .* ok$/u);
  });

  test.each([
    {
      what: 'devices that are none of the machine',
      env: { TELLTALE_GPU_DEVICES: '7' },
      lines: [],
      says: 'NVML lists 1 GPUs, but none of those that are wanted (7): expected UUIDs or indices from 0',
    },
    {
      what: 'a driver that refuses',
      env: {},
      lines: ['init 18'],
      says: 'NVML answered 18 (library_driver_mismatch)',
    },
  ])('$what: one line, and no wait', async ({ env, lines, says }) => {
    const stub = stubOf([...deviceLines(0), ...lines]);
    const { code, stdout, stderr } = await run(['gpu'], {
      TELLTALE_GPU_NVML_LIBRARY: stub.library,
      TELLTALE_GPU_READER: 'nvml',
      TELLTALE_GPU_INTERVAL_MS: '200',
      ...env,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'No GPU can be read on this machine\n' });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('did not answer');
  });

  test('--json prints the snapshot', async () => {
    const stub = stubOf(deviceLines(0));
    const { stdout } = await run(['gpu', '--json'], { TELLTALE_GPU_NVML_LIBRARY: stub.library });
    expect(JSON.parse(stdout)).toMatchObject({
      gpus: [{ identity: { name: 'gpu0', model: 'NVIDIA H200' }, powerWatts: 627.4 }],
    });
  });

  test('serve exports the page, and ends by the signal', async () => {
    const stub = stubOf(deviceLines(0));
    const child = telltale(['gpu', 'serve'], {
      TELLTALE_GPU_NVML_LIBRARY: stub.library,
      TELLTALE_MONITORING_PORT: '0',
      TELLTALE_GPU_INTERVAL_MS: '200',
    });
    let address = '';
    for await (const line of createInterface({ input: child.stderr })) {
      address = /page (http:\S+)/u.exec(line)?.[1] ?? address;
      if (address !== '') break;
    }
    let page = '';
    while (!page.includes('hw_power_watts')) {
      page = await (await fetch(address)).text();
    }
    expect(page).toMatch(/^hw_power_watts\{.*hw_id="GPU-0.*\} 627\.4/mu);
    expect(page).toContain('ml_gpu_throttle_time_seconds_total');
    const status = await (await fetch(address.replace('/metrics', '/monitoring/gpu'))).json();
    expect(status).toMatchObject({
      readers: [{ reader: 'nvml' }],
      gpus: [{ identity: { name: 'gpu0' }, memory: { used_bytes: 33_934_016_512 } }],
    });
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  });
});

test('without a GPU it says so, and why', async () => {
  const env = { TELLTALE_GPU_READER: 'nvml', TELLTALE_GPU_SYSFS_ROOT: folder };
  const { code, stdout, stderr } = await run(['gpu'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'No GPU can be read on this machine\n' });
  expect(stderr).toContain('Cannot use NVML: none of libnvidia-ml.so.1, ');
});

test('an unknown option value is one problem, and the default is used', async () => {
  const { stderr } = await run(['gpu'], { TELLTALE_GPU_READER: 'nvlm' });
  expect(stderr).toContain(
    'TELLTALE_GPU_READER: Cannot use it: expected one of auto, nvml, nvidia-smi, amdgpu, intel: current value is "nvlm"',
  );
});
