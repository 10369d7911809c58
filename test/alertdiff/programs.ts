import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  delay,
  freePort,
  ServiceProcess,
  type WebhookSink,
} from '../support/collector/service-process.ts';

const READY_MS_MAX = 60_000;

/** A running service with its addresses. */
export interface RunningService {
  readonly process: ServiceProcess;
  readonly otlpUrl: string;
  readonly api: string;
}

/** The service with these rules; `onArrival` switches evaluation on arrival on. */
export async function startService(
  folder: string,
  options: { readonly rulesFile: string; readonly hookUrl: string; readonly onArrival: boolean },
): Promise<RunningService> {
  mkdirSync(folder);
  const [otlpPort, apiPort] = [await freePort(), await freePort()];
  const groups = options.onArrival ? `['*']` : '[]';
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}
  rules: ['${options.rulesFile}']
  retain_all: 20m
  log: {level: warn}
  evaluation: {on_arrival: {groups: ${groups}, min_gap: 10ms}}
  notify:
    group_by: ['...']
    receivers: [{name: hook, type: webhook, url: '${options.hookUrl}'}]
`,
  );
  const service = new ServiceProcess(folder, apiPort);
  await service.start();
  return {
    process: service,
    otlpUrl: `http://127.0.0.1:${otlpPort}/v1/metrics`,
    api: `http://127.0.0.1:${apiPort}`,
  };
}

export interface RunningPrometheus {
  readonly otlpUrl: string;
  readonly api: string;
  end(): Promise<void>;
}

/** Prometheus with these rules, and Alertmanager behind it. */
export async function startPrometheus(
  folder: string,
  binaries: { readonly prometheus: string; readonly alertmanager: string },
  options: { readonly rulesFile: string; readonly sink: WebhookSink },
): Promise<RunningPrometheus> {
  mkdirSync(folder);
  const [port, alertPort] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: {evaluation_interval: 1s}
rule_files: ['${options.rulesFile}']
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${alertPort}']}]}]}
`,
  );
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: '${options.sink.url}'}]}]
`,
  );
  const children = [
    run(binaries.alertmanager, folder, [
      '--config.file=alertmanager.yml',
      '--storage.path=am',
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${alertPort}`,
    ]),
    run(binaries.prometheus, folder, [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=tsdb',
      '--web.enable-otlp-receiver',
      `--web.listen-address=127.0.0.1:${port}`,
    ]),
  ];
  for (const each of [port, alertPort]) await waitUntilReady(`http://127.0.0.1:${each}/-/ready`);
  return {
    otlpUrl: `http://127.0.0.1:${port}/api/v1/otlp/v1/metrics`,
    api: `http://127.0.0.1:${port}`,
    end: async () => {
      await Promise.all(children.map(end));
    },
  };
}

function run(program: string, cwd: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { cwd, stdio: 'ignore' });
}

async function waitUntilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (;;) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (performance.now() > deadline) throw new Error(`Not ready: ${url}`);
    await delay(50);
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
