import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { freePort } from '../support/collector/service-process.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { TelltaleSide } from '../support/stack/alertmanager/sides.ts';

const program = referenceBinaryOrWarn('prometheus', 'Prometheus as a sender of alerts');

const CONFIG = `route: {receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s}
receivers: [{name: hook, webhook_configs: [{url: 'HOOK/hook'}]}]
`;

/** Fires for ten seconds, counted from when the rule is first evaluated. */
const RULES = (untilSeconds: number): string => `groups:
- name: sender
  interval: 1s
  rules:
  - alert: Watched
    expr: vector(time()) < ${untilSeconds}
    labels: {severity: page, team: 'm&l'}
    annotations: {summary: 'value {{ $value | printf "%.0f" }}'}
`;

const TOLD_MS_MAX = 60_000;

describe.skipIf(program === undefined)('alerts of the built Prometheus', () => {
  const service = new TelltaleSide();
  let prometheus: ChildProcess | undefined;

  beforeAll(async () => {
    await service.start(CONFIG);
    const port = await freePort();
    const untilSeconds = Math.ceil(Date.now() / 1000) + 20;
    writeFileSync(join(service.folder, 'sender-rules.yml'), RULES(untilSeconds));
    writeFileSync(
      join(service.folder, 'prometheus.yml'),
      `global: {evaluation_interval: 1s, external_labels: {cluster: c1}}
rule_files: [sender-rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['${new URL(service.url).host}']}]}]}
`,
    );
    const args = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=tsdb',
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=2s',
    ];
    prometheus = spawn(program ?? '', args, { cwd: service.folder, stdio: 'ignore' });
  }, 60_000);
  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    await service.stop();
  });

  test('are told while they fire, and when they end', { timeout: 90_000 }, async () => {
    const deadline = Date.now() + TOLD_MS_MAX;
    while (service.sink.received.length < 2 && Date.now() < deadline) await delay(50);
    const told = service.sink.received.map(({ payload }) => ({
      status: payload.status,
      groupLabels: payload.groupLabels,
      alerts: payload.alerts.map(({ status, labels, generatorURL }) => ({
        status,
        labels,
        hasSource: generatorURL.includes('/graph?'),
      })),
    }));
    const labels = { alertname: 'Watched', severity: 'page', team: 'm&l', cluster: 'c1' };
    const messageOf = (status: string): object => ({
      status,
      groupLabels: { alertname: 'Watched' },
      alerts: [{ status, labels, hasSource: true }],
    });
    expect(told).toEqual([messageOf('firing'), messageOf('resolved')]);
  });
});
