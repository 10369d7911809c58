import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test } from 'vitest';

import { PROCESS_METRICS } from '@telltale/core';
import { RuntimeInstrumentation } from '@telltale/instrumentation-runtime';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A folder that stands for `/`, with some files of `/proc` and `/sys`. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'telltale-root-'));
  cleanups.push(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Collects once and gives the values by metric and attributes. */
async function collected(instrumentation: RuntimeInstrumentation): Promise<Record<string, number>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  instrumentation.setMeterProvider(provider);
  await provider.forceFlush();
  const values: Record<string, number> = {};
  for (const { descriptor, dataPoints } of exporter
    .getMetrics()
    .flatMap((batch) => batch.scopeMetrics.flatMap((scope) => scope.metrics))) {
    for (const { attributes, value } of dataPoints) {
      const key = [descriptor.name, ...Object.values(attributes)].join(' ');
      values[key] = value as number;
    }
  }
  await provider.shutdown();
  return values;
}

test('RuntimeInstrumentation reports the files below its root', async () => {
  const root = rootWith({
    '/proc/self/status': 'Name:\tnode\nVmSize:\t  2048 kB\nThreads:\t11\n',
    '/proc/self/io': 'rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n',
    '/proc/self/fd/0': '',
    '/proc/self/fd/1': '',
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/cpu.stat': 'usage_usec 2000000\nthrottled_usec 500000\n',
    '/sys/fs/cgroup/cpu.max': '200000 100000\n',
    '/sys/fs/cgroup/memory.current': '1000\n',
    '/sys/fs/cgroup/memory.max': '3000\n',
    '/sys/fs/cgroup/io.pressure': 'some avg10=0 avg60=0 avg300=0 total=1000000\n',
  });
  const values = await collected(new RuntimeInstrumentation({ root }));
  expect(values).toMatchObject({
    'process.memory.virtual': 2048 * 1024,
    'process.thread.count': 11,
    'process.disk.io read': 4096,
    'process.disk.io write': 8192,
    'process.unix.file_descriptor.count': 1,
    'container.cpu.time': 2,
    'ml.container.cpu.throttle.time': 0.5,
    'ml.container.cpu.limit': 2,
    'container.memory.usage': 1000,
    'container.memory.available': 2000,
    'ml.container.pressure.time io some': 1,
  });
});

test('RuntimeInstrumentation reports what Node knows where there is no /proc', async () => {
  const values = await collected(new RuntimeInstrumentation({ root: rootWith({}) }));
  expect(Object.keys(values).toSorted()).toEqual([
    'process.context_switches involuntary',
    'process.context_switches voluntary',
    'process.cpu.time system',
    'process.cpu.time user',
    'process.memory.usage',
    'process.paging.faults major',
    'process.paging.faults minor',
    'process.uptime',
  ]);
  expect(Object.values(values).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
});

test('RuntimeInstrumentation reports only what the registry names', async () => {
  const names = new Set(PROCESS_METRICS.map((row) => row.name));
  const values = await collected(new RuntimeInstrumentation());
  const strangers = Object.keys(values).filter((key) => !names.has(key.split(' ')[0] ?? ''));
  expect(strangers).toEqual([]);
});

test('RuntimeInstrumentation reports nothing while it is disabled, and once after it is enabled', async () => {
  const instrumentation = new RuntimeInstrumentation({ root: rootWith({}) });
  instrumentation.disable();
  expect(await collected(instrumentation)).toEqual({});
  for (let round = 0; round < 100; round += 1) {
    instrumentation.enable();
    instrumentation.disable();
  }
  instrumentation.enable();
  const values = await collected(instrumentation);
  expect(values['process.uptime']).toBeGreaterThan(0);
});
