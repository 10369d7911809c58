import { channel } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { INFERENCE_CHANNEL } from '@telltale/core';

import { deviceLines } from '../../../examples/gpu-check/stub/devices.ts';
import { GpuInstrumentation } from '../../../instrumentations/gpu/src/index.ts';
import type { GpuInstrumentationConfig } from '../../../instrumentations/gpu/src/types.ts';
import { canCompile, rewrite, useStubs } from '../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../support/own-temporary-folder.ts';

const stubOf = useStubs();
const folder = useOwnTemporaryFolder();

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const running: GpuInstrumentation[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.disable();
});

async function start(config: GpuInstrumentationConfig) {
  const reader = new PullReader();
  const logs = new InMemoryLogRecordExporter();
  const gpu = new GpuInstrumentation({ mode: 'inline', reader: 'nvml', ...config });
  running.push(gpu);
  gpu.setMeterProvider(new MeterProvider({ readers: [reader] }));
  gpu.setLoggerProvider(
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: logs })] }),
  );
  await turn();
  // The readers are a module that is loaded when they are wanted here.
  await vi.dynamicImportSettled();
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(metrics.map((metric) => [metric.descriptor.name, metric.dataPoints]));
  };
  return { gpu, collect, logs };
}

describe.skipIf(!canCompile)('GpuInstrumentation', () => {
  test('an XID becomes an event with the severity of its class', async () => {
    const stub = stubOf(deviceLines(0));
    const { collect, logs } = await start({ nvmlLibrary: stub.library });
    await collect();
    rewrite(stub, [...deviceLines(0), 'xid 0 79', 'xid 0 13']);
    await collect();
    await turn();
    const records = logs.getFinishedLogRecords();
    expect(
      records.map(({ eventName, severityNumber, body, attributes }) => ({
        eventName,
        severityNumber,
        body,
        attributes,
      })),
    ).toEqual([
      {
        eventName: 'ml.gpu.xid',
        severityNumber: 17,
        body: 'GPU gpu0 reports error 79 (XID)',
        attributes: {
          'telltale.event.type': 'ALERT',
          'hw.id': 'GPU-00000000-0000-0000-0000-000000000000',
          'hw.name': 'gpu0',
          'ml.gpu.xid.code': 79,
        },
      },
      {
        eventName: 'ml.gpu.xid',
        severityNumber: 13,
        body: 'GPU gpu0 reports error 13 (XID)',
        attributes: {
          'telltale.event.type': 'ALERT',
          'hw.id': 'GPU-00000000-0000-0000-0000-000000000000',
          'hw.name': 'gpu0',
          'ml.gpu.xid.code': 13,
        },
      },
    ]);
  });

  test('lies of the driver are counted', async () => {
    const stub = stubOf(deviceLines(0, { values: { power: 99_000_000 } }));
    const { collect } = await start({ nvmlLibrary: stub.library });
    const metrics = await collect();
    expect(
      metrics.get('telltale.errors')?.map(({ attributes, value }) => [attributes, value]),
    ).toEqual([[{ 'telltale.signal': 'gpu', 'telltale.reason': 'implausible' }, 1]]);
    expect(metrics.has('hw.power')).toBe(false);
  });

  test('the energy of a run is recorded once the next sample has come', async () => {
    const stub = stubOf([...deviceLines(0, { values: { energy: 0 } }), `proc 0 ${process.pid} 5`]);
    const { collect } = await start({ nvmlLibrary: stub.library, energy: 'per_inference' });
    const runs = channel(INFERENCE_CHANNEL);
    expect(runs.hasSubscribers).toBe(true);
    await collect();
    const run = {};
    const startMs = performance.now();
    const providers = ['cuda', 'cpu'];
    runs.publish({ phase: 'start', run, atMs: startMs, providers });
    const onCpu = {};
    runs.publish({ phase: 'start', run: onCpu, atMs: startMs, providers: ['cpu'] });
    rewrite(stub, [...deviceLines(0, { values: { energy: 5_000 } }), `proc 0 ${process.pid} 5`]);
    runs.publish({ phase: 'end', run, atMs: performance.now(), providers });
    runs.publish({ phase: 'end', run: onCpu, atMs: performance.now(), providers: ['cpu'] });
    await collect();
    const [point] = (await collect()).get('ml.inference.energy') ?? [];
    expect(point?.attributes).toEqual({ 'ml.energy.attribution': 'exclusive' });
    const { count = 0, sum = 0 } = (point?.value ?? {}) as { count?: number; sum?: number };
    expect(count).toBe(1);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(5);
  });

  test('disabled, it lets go of everything; a sidecar reads nothing', async () => {
    const stub = stubOf(deviceLines(0));
    const { gpu, collect } = await start({ nvmlLibrary: stub.library });
    expect((await collect()).has('hw.power')).toBe(true);
    expect(gpu.latest()?.gpus).toHaveLength(1);
    gpu.disable();
    expect(gpu.latest()).toBe(undefined);
    const sidecar = await start({ nvmlLibrary: stub.library, mode: 'sidecar' });
    expect([...(await sidecar.collect()).keys()]).toEqual([]);
  });
});

test('without a GPU no instrument is made', async () => {
  const provider = new MeterProvider({ readers: [new PullReader()] });
  const meter = provider.getMeter('any');
  const createGauge = vi.spyOn(
    Object.getPrototypeOf(meter) as typeof meter,
    'createObservableGauge',
  );
  try {
    const gpu = new GpuInstrumentation({ reader: 'auto', mode: 'worker', sysfsRoot: folder });
    running.push(gpu);
    gpu.setMeterProvider(provider);
    await turn();
    expect(createGauge).not.toHaveBeenCalled();
  } finally {
    createGauge.mockRestore();
  }
});

test('without a GPU nothing is reported and nothing runs', async () => {
  const { gpu, collect } = await start({ reader: 'auto', mode: 'worker', sysfsRoot: folder });
  expect([...(await collect()).keys()]).toEqual([]);
  expect(gpu.latest()).toBe(undefined);
});
