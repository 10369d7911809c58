import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ReceivedWebhook, WebhookSink } from '../support/collector/service-process.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import {
  type AcknowledgedExport,
  AcknowledgingRelay,
} from '../support/stack/acknowledging-relay.ts';
import { exportPoints, pointKey } from '../support/stack/export-points.ts';
import { FedService } from '../support/stack/fed-service.ts';
import { InferenceApp } from '../support/stack/inference-app.ts';
import { MetricSink } from '../support/stack/metric-sink.ts';
import { OtelcolProcess } from '../support/stack/otelcol-process.ts';
import { TraceSink } from '../support/stack/trace-sink.ts';

const FOR_MS = 8000;
const PENDING_MS = FOR_MS / 2;
const INTERVAL_MS = 1000;
/** Longer than what comes from the application stays in the memory of the OTel Collector. */
const IN_MEMORY_MS_MAX = 3000;
/** Spans wait for the decision on their trace in the memory of the OTel Collector. */
const DECISION_MS_MAX = 10_000 + 1000;
const OUTAGE_EXPORTS = 2;

const FAILURES = 'rate(ml_inference_duration_seconds_count{error_type!=""}[15s])';
const RULES = `groups:
- name: inference
  interval: 1s
  rules:
  - alert: InferenceFails
    expr: ${FAILURES} > 1
    annotations: {summary: 'failures of {{ $labels.ml_model_name }}'}
  - alert: InferenceFailsOn
    expr: ${FAILURES} > 1
    for: ${FOR_MS / 1000}s
`;

const METRIC = 'ml.inference.duration';
const SERIES = 'ml_inference_duration_seconds_count';

const otelcol = referenceBinaryOrWarn('otelcol', 'app, OTel Collector, alert service, webhook');

// The tests are one story: each goes on where the one before it ended.
describe.skipIf(otelcol === undefined)('app, OTel Collector, alert service, webhook', () => {
  const app = new InferenceApp();
  const webhook = new WebhookSink();
  const prometheus = new MetricSink();
  const tempo = new TraceSink();
  let service: FedService;
  let collector: OtelcolProcess;
  let relay: AcknowledgingRelay;
  /** What has to be ended, the last first. */
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    const queueFolder = mkdtempSync(join(tmpdir(), 'telltale-otelcol-'));
    ends.push(() => rmSync(queueFolder, { recursive: true, force: true }));
    for (const sink of [webhook, prometheus, tempo]) {
      await sink.start();
      ends.push(() => sink.stop());
    }
    service = await FedService.create(RULES, webhook.url);
    ends.push(() => service.remove());
    collector = new OtelcolProcess({
      program: otelcol ?? '',
      storageFolder: queueFolder,
      telltaleUrl: service.otlpUrl,
      prometheusUrl: prometheus.url,
      tempoAddress: tempo.address,
    });
    ends.push(() => collector.kill());
    relay = new AcknowledgingRelay(collector.url);
    await relay.start();
    ends.push(() => relay.stop());
    await Promise.all([service.process.start(), collector.start()]);
    ends.push(() => app.stop());
    await app.start(relay.url);
  }, 60_000);

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** Resolves when `count` further exports of metrics were acknowledged. */
  async function furtherExports(count: number): Promise<void> {
    const wanted = relay.metrics.length + count;
    await expect
      .poll(() => relay.metrics.length, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(wanted);
  }

  /** Points of the inferences that are not in the service. */
  async function missingInService(
    exports: readonly AcknowledgedExport[],
  ): Promise<readonly string[]> {
    const stored = new Set(await service.samples(METRIC, SERIES));
    return inferencePoints(exports).filter((key) => !stored.has(key));
  }

  test('the failures of a model reach the webhook', async () => {
    await furtherExports(1);
    app.turn('fail');
    const { payload } = await webhook.waitFor(isAbout('InferenceFails', 'firing'));
    expect(payload.alerts).toEqual([
      expect.objectContaining({
        status: 'firing',
        labels: expect.objectContaining({ alertname: 'InferenceFails', job: 'shop' }),
      }),
    ]);
  }, 30_000);

  test('kill -9 of the service: nothing lost, the alerts go on where they were', async () => {
    const pendingSinceMs = await pendingFor(service, PENDING_MS);
    const before = await service.samples(METRIC, SERIES);
    const killedMs = Date.now();
    await service.process.end('SIGKILL');
    await furtherExports(OUTAGE_EXPORTS);
    const meanwhile = relay.metrics;
    await service.process.start();
    const downMs = Date.now() - killedMs;

    expect(before.length).toBeGreaterThan(0);
    expect(await service.samples(METRIC, SERIES)).toEqual(expect.arrayContaining(before));
    expect(await service.alert('InferenceFails')).toMatchObject({ state: 'firing' });
    await expect.poll(() => missingInService(meanwhile), { timeout: 20_000 }).toEqual([]);

    const { payload } = await webhook.waitFor(isAbout('InferenceFailsOn', 'firing'));
    const waitedMs = Date.parse(payload.alerts[0]?.startsAt ?? '') - pendingSinceMs;
    // Starting again would be PENDING_MS more.
    expect(Math.abs(waitedMs - downMs - FOR_MS)).toBeLessThanOrEqual(2 * INTERVAL_MS);
  }, 60_000);

  test('repeated exports change nothing', async () => {
    const exports = relay.metrics;
    await expect.poll(() => missingInService(exports), { timeout: 20_000 }).toEqual([]);
    const lastMs = Math.max(
      ...exports.flatMap(({ body }) => exportPoints(body)).map(({ timeMs }) => timeMs),
    );
    const before = await service.samples(METRIC, SERIES, lastMs);
    for (const { path, contentType, body } of [...exports, ...exports]) {
      const { status } = await fetch(`${service.otlpUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: Uint8Array.from(body),
      });
      expect(status).toBe(200);
    }
    expect(before.length).toBeGreaterThan(0);
    expect(await service.samples(METRIC, SERIES, lastMs)).toEqual(before);
  }, 30_000);

  test('kill -9 of the OTel Collector: no acknowledged export of metrics is lost', async () => {
    prometheus.isDown = true;
    tempo.isDown = true;
    await furtherExports(OUTAGE_EXPORTS);
    const killedMs = Date.now();
    await collector.kill();
    prometheus.isDown = false;
    tempo.isDown = false;
    const goneMs = Date.now();
    const queued = metricPoints(relay.metrics).filter((key) => !prometheus.points.has(key));
    await collector.start();
    await furtherExports(OUTAGE_EXPORTS);

    const exports = relay.metrics;
    const points = metricPoints(exports);
    expect(queued.length).toBeGreaterThan(0);
    await expect
      .poll(() => points.filter((key) => !prometheus.points.has(key)), { timeout: 20_000 })
      .toEqual([]);
    // The queue for the service is in memory.
    const safe = exports.filter(({ atMs }) => atMs < killedMs - IN_MEMORY_MS_MAX || atMs > goneMs);
    await expect.poll(() => missingInService(safe), { timeout: 20_000 }).toEqual([]);
    // Spans that were decided on come out of the queue.
    const decided = relay.spans((atMs) => atMs < killedMs - DECISION_MS_MAX);
    expect(decided.length).toBeGreaterThan(0);
    await expect
      .poll(() => decided.filter((key) => !tempo.spans.has(key)), { timeout: 20_000 })
      .toEqual([]);
  }, 60_000);

  test('both alerts are resolved once, having fired once', async () => {
    app.turn('work');
    await webhook.waitFor(isAbout('InferenceFails', 'resolved'));
    await webhook.waitFor(isAbout('InferenceFailsOn', 'resolved'));
    const told = webhook.received.flatMap(({ payload }) =>
      payload.alerts.map(({ labels, status }) => `${labels['alertname']} ${status}`),
    );
    expect(told.sort()).toEqual([
      'InferenceFails firing',
      'InferenceFails resolved',
      'InferenceFailsOn firing',
      'InferenceFailsOn resolved',
    ]);
  }, 40_000);
});

function isAbout(
  alertname: string,
  status: 'firing' | 'resolved',
): (received: ReceivedWebhook) => boolean {
  return ({ payload }) =>
    payload.alerts.some(
      (alert) => alert.labels['alertname'] === alertname && alert.status === status,
    );
}

/** Resolves, with its start, when the alert has waited for so long. */
async function pendingFor(service: FedService, waitMs: number): Promise<number> {
  let sinceMs = Number.NaN;
  const waitedMs = async (): Promise<number> => {
    const alert = await service.alert('InferenceFailsOn');
    if (alert?.state !== 'pending') return -1;
    sinceMs = Date.parse(alert.activeAt);
    return Date.now() - sinceMs;
  };
  await expect.poll(waitedMs, { timeout: 20_000 }).toBeGreaterThanOrEqual(waitMs);
  return sinceMs;
}

function metricPoints(exports: readonly AcknowledgedExport[]): string[] {
  return exports.flatMap(({ body }) => exportPoints(body).map(pointKey));
}

function inferencePoints(exports: readonly AcknowledgedExport[]): string[] {
  const keys = exports
    .flatMap(({ body }) => exportPoints(body))
    .filter(({ metric }) => metric === METRIC)
    .map(pointKey);
  if (keys.length === 0) throw new Error(`No point of ${METRIC} to look for`);
  return keys;
}
