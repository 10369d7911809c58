import { afterAll, describe, expect, test } from 'vitest';

import { deviceLines } from '../../examples/gpu-check/stub/devices.ts';
import { canCompile, useStubs } from '../support/gpu/stub-reader.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder, runApp } from '../support/run-app.ts';

const folder = createAppFolder();
afterAll(() => folder.remove());
const stubOf = useStubs();

/** Lives until its standard output has been told to end by the clock of its own metrics. */
const APP = `
const started = Date.now();
const timer = setInterval(() => {
  if (Date.now() - started > 1500) clearInterval(timer);
}, 50);
`;

describe.skipIf(!canCompile)('telltale/register', () => {
  test('exports the GPU readings of the built package, and nothing is printed', async () => {
    const stub = stubOf(deviceLines(0));
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: ['--require', 'telltale/register', folder.write('app.cjs', APP)],
      cwd: folder.path,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        TELLTALE_GPU_NVML_LIBRARY: stub.library,
        TELLTALE_GPU_INTERVAL_MS: '200',
        OTEL_SERVICE_NAME: 'shop',
      },
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const names = new Set(sink.metrics().map(({ name }) => name));
    for (const name of ['hw.power', 'hw.energy', 'ml.gpu.info', 'ml.gpu.tensor.utilization']) {
      expect(names).toContain(name);
    }
  });

  test('a driver that hangs does not hold an application with Telltale in it', async () => {
    const stub = stubOf([...deviceLines(0), 'delay nvmlDeviceGetPowerUsage 15000']);
    const result = await runApp({
      argv: [
        '--require',
        'telltale/register',
        folder.write('app.cjs', `${APP}process.exitCode = 5;`),
      ],
      cwd: folder.path,
      env: { OTEL_METRICS_EXPORTER: 'none', TELLTALE_GPU_NVML_LIBRARY: stub.library },
    });
    expect(result).toMatchObject({ code: 5, signal: null, stdout: '', stderr: '' });
    expect(result.endMs).toBeLessThan(8_000);
  });

  test('a machine without a GPU sees no thread and no metric', async () => {
    const sink = await startOtlpSink();
    const app = folder.write(
      'threads.cjs',
      `${APP}
process.on('exit', () => console.log(process.getActiveResourcesInfo().includes('MessagePort')));
`,
    );
    const result = await runApp({
      argv: ['--require', 'telltale/register', app],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, TELLTALE_GPU_SYSFS_ROOT: folder.path },
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
    const gpu = sink.metrics().filter(({ name }) => /^(?:hw|ml\.gpu)\./u.test(name));
    expect(gpu).toEqual([]);
  });
});
