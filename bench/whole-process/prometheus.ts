import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../test/support/collector/service-process.ts';
import { referenceBinaryOrWarn } from '../../test/support/reference-binaries.ts';
import type { MeasuredServer, ServerOptions } from './alert-service.ts';
import { Program } from './program.ts';

/**
 * Prometheus with Alertmanager behind it, both with the waits of the alert service.
 *
 * @returns `undefined`, with a line on stderr, where they are not built.
 */
export async function startPrometheus(options: ServerOptions): Promise<MeasuredServer | undefined> {
  const prometheus = referenceBinaryOrWarn('prometheus', 'figures of Prometheus');
  const alertmanager = referenceBinaryOrWarn('alertmanager', 'figures of Alertmanager');
  if (prometheus === undefined || alertmanager === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-whole-'));
  const [port, alertPort] = [await freePort(), await freePort()];
  writeConfigurations(folder, options, alertPort);
  const apiUrl = `http://127.0.0.1:${port}`;
  const programs = [
    new Program({
      command: prometheus,
      args: [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=tsdb',
        '--web.enable-otlp-receiver',
        '--log.level=error',
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      folder,
      readyUrl: `${apiUrl}/-/ready`,
    }),
    new Program({
      command: alertmanager,
      args: [
        '--config.file=alertmanager.yml',
        '--storage.path=alertmanager',
        '--cluster.listen-address=',
        '--log.level=error',
        `--web.listen-address=127.0.0.1:${alertPort}`,
      ],
      folder,
      readyUrl: `http://127.0.0.1:${alertPort}/-/ready`,
    }),
  ];
  for (const program of programs) await program.waitUntilReady();
  const metricsUrl = `${apiUrl}/api/v1/otlp/v1/metrics`;
  return { name: 'prometheus', metricsUrl, apiUrl, folder, programs };
}

function writeConfigurations(folder: string, options: ServerOptions, alertPort: number): void {
  writeFileSync(join(folder, 'rules.yml'), options.rules);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: {evaluation_interval: 1s}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${alertPort}']}]}]}
`,
  );
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: {receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 1h, group_by: ['...']}
receivers: [{name: hook, webhook_configs: [{url: '${options.webhookUrl}'}]}]
`,
  );
}
