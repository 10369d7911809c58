import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';
import { encodeOtlp } from '../support/otlp/otlp-proto.ts';

const RULES = `groups:
- name: models
  interval: 10s
  rules:
  - alert: Slow
    expr: sum by (ml_model_name) (ml_inference_duration_seconds_count) > 0
    labels: {severity: warning}
    annotations: {runbook_url: 'https://runbooks.test/slow'}
`;

const ALERTMANAGER = `route: {receiver: chat, group_by: [ml_model_name], group_wait: 0s}
receivers: [{name: chat, slack_configs: [{api_url: 'http://chat.test/', text: '{{ template "__text_alert_list" .Alerts }}'}]}]
`;

const TRACES = {
  slow: 'a'.repeat(32),
  slower: 'b'.repeat(32),
  failed: 'c'.repeat(32),
  other: 'd'.repeat(32),
};

let service: AlertServiceFixture;
let texts: string[] = [];

beforeEach(async () => {
  texts = [];
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  mkdirSync(service.folder, { recursive: true });
  writeFileSync(join(service.folder, 'alertmanager.yml'), ALERTMANAGER);
  service.configText = `collector:
  listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}
  external_url: http://telltale.test
  rules: [rules.yml]
  alertmanager_config: alertmanager.yml
  log: {level: error}
  notify: {trace_url: 'http://traces.test/{traceId}'}
`;
  const app = service.create({
    send: (message) => {
      const { attachments } = JSON.parse(message.body) as { attachments: { text: string }[] };
      texts.push(attachments[0]?.text ?? '');
      return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: 'ok' });
    },
  });
  await app.start();
});
afterEach(async () => {
  await service.stop();
  service.remove();
});

interface Run {
  readonly model: string;
  readonly error?: string;
  /** Seconds and trace of each request that left an exemplar. */
  readonly requests: readonly (readonly [seconds: number, traceId: string])[];
}

function point({ model, error, requests }: Run, count: number): object {
  const timeUnixNano = BigInt(service.clock.nowMs()) * 1_000_000n;
  const attributes = {
    'ml.model.name': model,
    ...(error === undefined ? {} : { 'error.type': error }),
  };
  return {
    timeUnixNano: timeUnixNano.toString(),
    startTimeUnixNano: (timeUnixNano - 60_000_000_000n).toString(),
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
    count,
    sum: requests.reduce((total, [seconds]) => total + seconds, 0),
    explicitBounds: [0.5, 1],
    bucketCounts: [count, 0, 0],
    exemplars: requests.map(([asDouble, traceId]) => ({
      asDouble,
      traceId: Buffer.from(traceId, 'hex'),
      timeUnixNano: timeUnixNano.toString(),
    })),
  };
}

async function send(runs: readonly Run[], count: number): Promise<void> {
  const histogram = { aggregationTemporality: 2, dataPoints: runs.map((run) => point(run, count)) };
  const metrics = [{ name: 'ml.inference.duration', unit: 's', histogram }];
  const body = encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
  });
  expect((await service.postBody(body)).status).toBe(200);
}

async function fire(runs: readonly Run[]): Promise<void> {
  for (let count = 1; count <= 3; count += 1) {
    await send(runs, count);
    await service.clock.advance(10_000);
  }
}

const linkLines = (text: string): string[] =>
  text.split('\n').filter((line) => /^(?:Alert|Runbook|Trace): /u.test(line));

test('a message links to the page, the runbook and the trace of the slowest request', async () => {
  await fire([
    {
      model: 'm1',
      requests: [
        [0.3, TRACES.slow],
        [0.9, TRACES.slower],
      ],
    },
    { model: 'm2', requests: [[9, TRACES.other]] },
  ]);
  const { alerts } = (await (await service.get('/monitoring/alerts')).json()) as {
    alerts: { id: string; labels: Record<string, string> }[];
  };
  const id = alerts.find(({ labels }) => labels['ml_model_name'] === 'm1')?.id ?? 'none';
  const text = texts.find((each) => each.includes('ml_model_name = m1')) ?? '';
  expect(linkLines(text)).toEqual([
    `Alert: http://telltale.test/#/alerts/${id}`,
    'Runbook: https://runbooks.test/slow',
    `Trace: http://traces.test/${TRACES.slower}`,
  ]);
});

test('the trace of a failed request comes before that of a slower one', async () => {
  await fire([
    { model: 'm1', requests: [[0.9, TRACES.slower]] },
    { model: 'm1', error: 'OutOfMemory', requests: [[0.1, TRACES.failed]] },
  ]);
  expect(linkLines(texts[0] ?? '').at(-1)).toBe(`Trace: http://traces.test/${TRACES.failed}`);
});
