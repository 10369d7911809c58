import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { delay, freePort, WebhookSink } from '../../test/support/collector/service-process.ts';
import { type LatencyFigures, measureLatency } from './trials.ts';

const TRIALS = 30;
const READY_MS_MAX = 20_000;

/**
 * The same trials through Prometheus and Alertmanager, evaluated every second and with the shortest
 * waits that both allow.
 */
export async function measurePrometheus(
  programs: { readonly prometheus: string; readonly alertmanager: string },
  rules: string,
): Promise<LatencyFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-prometheus-'));
  const sink = new WebhookSink();
  await sink.start();
  const [port, alertPort] = [await freePort(), await freePort()];
  writeConfigs(folder, { rules, webhookUrl: sink.url, alertPort });
  const children = [
    spawnQuiet(programs.alertmanager, folder, [
      '--config.file=alertmanager.yml',
      '--storage.path=am',
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${alertPort}`,
    ]),
    spawnQuiet(programs.prometheus, folder, [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=tsdb',
      '--web.enable-otlp-receiver',
      `--web.listen-address=127.0.0.1:${port}`,
    ]),
  ];
  try {
    for (const each of [port, alertPort]) await waitUntilReady(`http://127.0.0.1:${each}/-/ready`);
    const url = `http://127.0.0.1:${port}/api/v1/otlp/v1/metrics`;
    // A message comes at a tick; pauses of all lengths meet all phases of the interval.
    const pauseMs = (trial: number): number => 1000 + ((trial * 317) % 1000);
    return await measureLatency({ url, sink, trials: TRIALS, warmups: 2, pauseMs });
  } finally {
    await Promise.all(children.map(end));
    sink.stop();
    rmSync(folder, { recursive: true });
  }
}

function writeConfigs(
  folder: string,
  parts: { readonly rules: string; readonly webhookUrl: string; readonly alertPort: number },
): void {
  writeFileSync(join(folder, 'rules.yml'), parts.rules);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: {evaluation_interval: 1s}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${parts.alertPort}']}]}]}
`,
  );
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: {receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: '${parts.webhookUrl}'}]}]
`,
  );
}

function spawnQuiet(program: string, cwd: string, args: readonly string[]): ChildProcess {
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
