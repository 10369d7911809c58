import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { metricsBody } from '../support/collector/alert-service.ts';
import {
  delay,
  freePort,
  runCommand,
  ServiceProcess,
  WebhookSink,
} from '../support/collector/service-process.ts';

const RULES = `groups:
- name: queues
  interval: 1s
  rules:
  - alert: Full
    expr: queue_depth > 100
    labels: {severity: page}
    annotations: {summary: 'depth {{ $value }} of {{ $labels.job }}'}
`;

let folder = '';
let sink: WebhookSink;
let service: ServiceProcess;
let otlpPort = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-e2e-'));
  sink = new WebhookSink();
  await sink.start();
  otlpPort = await freePort();
  const apiPort = await freePort();
  service = new ServiceProcess(folder, apiPort);
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}
  rules: ['*.yml']
  notify: {receivers: [{name: hook, type: webhook, url: '${sink.url}'}, {name: log, type: log}]}
`,
  );
});
afterEach(async () => {
  await service.end('SIGKILL');
  sink.stop();
  rmSync(folder, { recursive: true });
});

async function send(value: number): Promise<void> {
  const body = metricsBody([{ name: 'queue_depth', value, timeMs: Date.now() }]);
  const response = await fetch(`http://127.0.0.1:${otlpPort}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(200);
}

/** Resolves when the service knows that a receiver got its notification. */
async function delivered(receiver: string): Promise<void> {
  const path = `/monitoring/alerts/history?kind=notification.sent&receiver=${receiver}`;
  for (;;) {
    const { history } = (await service.get(path)) as { history: readonly unknown[] };
    if (history.length > 0) return;
    await delay(5);
  }
}

test('an alert goes from OTLP to the webhook, over kill -9 in between', async () => {
  await service.start();
  await send(200);
  const firing = await sink.waitFor(({ payload }) => payload.status === 'firing');
  expect(firing.payload).toMatchObject({
    version: '4',
    receiver: 'hook',
    groupLabels: { alertname: 'Full' },
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'Full', job: 'shop', instance: 'i1', severity: 'page' },
        annotations: { summary: 'depth 200 of shop' },
        endsAt: '0001-01-01T00:00:00Z',
      },
    ],
  });
  // The log is a receiver of its own, and comes through a pipe.
  await expect
    .poll(() => service.output, { timeout: 20_000 })
    .toContain('"msg":"Alert notification"');
  // Killed before it has noted the answer, it would send the notification once more.
  await delivered('hook');
  await service.end('SIGKILL');
  await service.start();
  expect(await service.get('/api/v1/query?query=ALERTS_FOR_STATE')).toMatchObject({
    status: 'success',
  });
  expect(await service.get('/monitoring/alerts?state=firing')).toMatchObject({
    alerts: [{ alertname: 'Full', state: 'firing', severity: 'CRITICAL' }],
  });
  await send(5);
  const resolved = await sink.waitFor(({ payload }) => payload.status === 'resolved');
  expect(resolved.payload.alerts[0]?.startsAt).toBe(firing.payload.alerts[0]?.startsAt);
  expect(await service.end('SIGTERM')).toBe(0);
  expect(sink.received).toHaveLength(2);
  const kinds = service.output.match(/"msg":"[^"]+"/gu) ?? [];
  expect(kinds).toContain('"msg":"The alert service is stopping"');
}, 60_000);

test('serve refuses a data folder in use, and a bad configuration with exit code 2', async () => {
  await service.start();
  writeFileSync(
    join(folder, 'second.yaml'),
    "collector: {listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}}\n",
  );
  const second = await runCommand(['serve', '--config', 'second.yaml'], folder);
  expect([second.code, second.stderr]).toEqual([
    1,
    expect.stringContaining('another alert service is running on it'),
  ]);
  writeFileSync(join(folder, 'bad.yaml'), 'collector: {rules: 1, lisen: {}}\n');
  for (const command of ['serve', 'check']) {
    const bad = await runCommand([command, '--config', 'bad.yaml'], folder);
    expect([bad.code, bad.stderr.trim().split('\n')]).toEqual([
      2,
      [
        'bad.yaml:1:13: collector.rules: Cannot use this value: expected a list',
        'bad.yaml:1:23: collector.lisen: Unknown key "lisen"',
      ],
    ]);
  }
}, 60_000);

test('check reads the rule files too', async () => {
  const good = await runCommand(['check', '--config', 'telltale.yaml'], folder);
  expect(good).toEqual({
    code: 0,
    stdout: 'The configuration is good: 1 rule groups with 1 rules\n',
    stderr: '',
  });
  writeFileSync(
    join(folder, 'more.yml'),
    'groups: [{name: g, rules: [{alert: A, expr: "rate(x)"}]}]\n',
  );
  const bad = await runCommand(['check', '--config', 'telltale.yaml'], folder);
  expect([bad.code, bad.stderr]).toEqual([
    2,
    expect.stringMatching(/^more\.yml:1:\d+: group "g", rule 1, "A": /u),
  ]);
});
