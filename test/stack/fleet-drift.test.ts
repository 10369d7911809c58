import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { baselineOf, fileOf } from '../support/collector/baseline-files.ts';
import { producedValues } from '../support/collector/produced-values.ts';
import { ProducerProcess } from '../support/collector/producer-process.ts';
import { freePort, ServiceProcess } from '../support/collector/service-process.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { MetricSink } from '../support/stack/metric-sink.ts';
import { OtelcolProcess } from '../support/stack/otelcol-process.ts';
import { TraceSink } from '../support/stack/trace-sink.ts';

const VALUES = 1000;
const INSTANCES = ['a', 'b'];
const WAITING = { timeout: 50_000, interval: 100 };

const otelcol = referenceBinaryOrWarn('otelcol', 'drift of a fleet through the OTel Collector');

describe.skipIf(otelcol === undefined)('drift of a fleet through the OTel Collector', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-fleet-stack-'));
  const prometheus = new MetricSink();
  const tempo = new TraceSink();
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let service: ServiceProcess;
  let collector: OtelcolProcess;

  beforeAll(async () => {
    for (const sink of [prometheus, tempo]) {
      await sink.start();
      ends.push(() => sink.stop());
    }
    const [otlpPort, apiPort] = [await freePort(), await freePort()];
    collector = new OtelcolProcess({
      program: otelcol ?? '',
      storageFolder: folder,
      telltaleUrl: `http://127.0.0.1:${otlpPort}`,
      prometheusUrl: prometheus.url,
      tempoAddress: tempo.address,
    });
    ends.push(() => collector.kill());
    service = new ServiceProcess(folder, apiPort);
    ends.push(() => service.end('SIGKILL'));
    const listen = `{otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}`;
    const endpoint = `{endpoint: '${collector.url}/v1/metrics', interval: 1s}`;
    writeFileSync(
      join(folder, 'telltale.yaml'),
      `collector:\n  listen: ${listen}\n  drift: {export: ${endpoint}}\n`,
    );
    writeFileSync(
      join(folder, 'baseline.json'),
      fileOf(baselineOf(producedValues({ seed: 100, count: 2000, alpha: 20 }))),
    );
    await Promise.all([service.start(), collector.start()]);
  }, 60_000);

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const streams = async (): Promise<readonly Record<string, unknown>[]> =>
    ((await service.get('/monitoring/drift')) as { streams: Record<string, unknown>[] }).streams;

  const fleetPoints = (): readonly string[] =>
    [...prometheus.points].filter((key) => key.startsWith('ml.drift.fleet.'));

  test('what instances send merges, comes back as OTLP, and is not counted again', async () => {
    const url = `${collector.url}/v1/metrics`;
    const producers = INSTANCES.map(
      (instance) => new ProducerProcess(url, instance, join(folder, 'baseline.json')),
    );
    ends.push(() => Promise.all(producers.map((producer) => producer.end('SIGKILL'))));
    for (const [seed, producer] of producers.entries()) {
      await producer.observe({ seed: seed + 1, count: VALUES, alpha: 12 });
    }
    const merged = [
      expect.objectContaining({
        instances: expect.objectContaining({ live: INSTANCES.length }),
        baselines: [expect.objectContaining({ records: INSTANCES.length * VALUES })],
      }),
    ];
    await vi.waitUntil(async () => {
      const [stream] = await streams();
      return JSON.stringify(stream ?? {}).includes(`"records":${INSTANCES.length * VALUES}`);
    }, WAITING);
    expect(await streams()).toEqual(merged);
    const isBack = (): boolean =>
      fleetPoints().some((key) => key.startsWith('ml.drift.fleet.evidence '));
    await vi.waitUntil(isBack, WAITING);
    expect(fleetPoints().every((key) => key.includes('ml_drift_scope=fleet'))).toBe(true);
    const seen = fleetPoints().length;
    // The OTel Collector sent all of it to the alert service too, which must not merge it again.
    await vi.waitUntil(() => fleetPoints().length > seen, WAITING);
    expect(await streams()).toEqual(merged);
  }, 180_000);
});
