/**
 * From the arrival of a sample over OTLP to the webhook of its alert, with evaluation on arrival.
 *
 * The service runs as a process of its own; sender and receiver share this one, so that one clock
 * measures. Every second trial fires the alert and every other resolves it. The commit of the
 * sample, of the transition and of the message, each with its own sync of the disk, are inside.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { metricsBody } from '../test/support/collector/alert-service.ts';
import {
  delay,
  freePort,
  ServiceProcess,
  WebhookSink,
} from '../test/support/collector/service-process.ts';

const TRIALS = 1000;
const WARMUP_TRIALS = 50;
/** Longer than the least gap between two evaluations on arrival, so that none waits for it. */
const PAUSE_MS = 15;
const GAP_MS = 10;

const RULES = `groups:
- name: bench
  interval: 1s
  rules:
  - alert: Deep
    expr: bench_depth > 10
    annotations: {summary: 'depth {{ $value }}'}
`;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-latency-'));
  const sink = new WebhookSink();
  await sink.start();
  const [otlpPort, apiPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}
  rules: [rules.yml]
  log: {level: warn}
  evaluation: {on_arrival: {min_gap: ${GAP_MS}ms}}
  notify: {receivers: [{name: hook, type: webhook, url: '${sink.url}'}]}
`,
  );
  const service = new ServiceProcess(folder, apiPort);
  try {
    await service.start();
    const latencies = await measure(otlpPort, sink);
    const figures = {
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      maxMs: percentile(latencies, 1),
      n: latencies.length,
    };
    if (!options.isJson) process.stdout.write('OTLP request sent to webhook received, loopback\n');
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await service.end('SIGTERM');
    sink.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(otlpPort: number, sink: WebhookSink): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let trial = 0; trial < WARMUP_TRIALS + TRIALS; trial += 1) {
    const isHigh = trial % 2 === 0;
    const status = isHigh ? 'firing' : 'resolved';
    const startMs = performance.now();
    const sent = send(otlpPort, isHigh ? 20 : 1);
    await sink.waitFor(({ payload }) => payload.status === status);
    const latencyMs = performance.now() - startMs;
    await sent;
    sink.received.length = 0;
    if (trial >= WARMUP_TRIALS) latencies.push(latencyMs);
    await delay(PAUSE_MS);
  }
  return latencies.sort((left, right) => left - right);
}

async function send(otlpPort: number, value: number): Promise<void> {
  const body = metricsBody([{ name: 'bench_depth', value, timeMs: Date.now() }]);
  const response = await fetch(`http://127.0.0.1:${otlpPort}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`The service answered ${response.status}`);
}

function percentile(sorted: readonly number[], share: number): number {
  const index = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return Math.round((sorted[index] ?? Number.NaN) * 100) / 100;
}
