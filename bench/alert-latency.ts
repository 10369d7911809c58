/**
 * From the arrival of a sample over OTLP to the webhook of its alert, with evaluation on arrival.
 *
 * The service runs as a process of its own; sender and receiver share this one, so that one clock
 * measures. The commit of the sample, of the transition and of the message, each with its own sync
 * of the disk, are inside. Beside it, where they are built, Prometheus and Alertmanager.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  freePort,
  ServiceProcess,
  WebhookSink,
} from '../test/support/collector/service-process.ts';
import { measurePrometheus } from './alert-latency/prometheus.ts';
import { type LatencyFigures, measureLatency } from './alert-latency/trials.ts';

const TRIALS = 1000;
const WARMUP_TRIALS = 50;
const GAP_MS = 10;
/** Longer than the least gap between two evaluations on arrival, so that none waits for it. */
const PAUSE_MS = 15;

const RULES = `groups:
- name: bench
  interval: 1s
  rules:
  - alert: Deep
    expr: bench_depth > 10
    annotations: {summary: 'depth {{ $value }}'}
`;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const own = await measureService();
  const reference = await measurePrometheus(RULES);
  if (!options.isJson) {
    process.stdout.write('OTLP request sent to webhook received, over loopback, in milliseconds\n');
  }
  process.stdout.write(
    `${JSON.stringify({ ...own, ...(reference === undefined ? {} : { prometheus: reference }) })}\n`,
  );
}

async function measureService(): Promise<LatencyFigures> {
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
    const url = `http://127.0.0.1:${otlpPort}/v1/metrics`;
    const trials = { trials: TRIALS, warmups: WARMUP_TRIALS, pauseMs: () => PAUSE_MS };
    return await measureLatency({ url, sink, ...trials });
  } finally {
    await service.end('SIGTERM');
    sink.stop();
    rmSync(folder, { recursive: true });
  }
}
