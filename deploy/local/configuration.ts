import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { addressesOf, type Network } from './network.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Folders and files of one stack. */
export interface StackFiles {
  readonly folder: string;
  readonly keyPath: string;
  readonly logs: string;
  readonly prometheusConfig: string;
  readonly alertServiceConfig: string;
}

/** Rules and keys are the newest, always. */
const NEVER_KEPT: ReadonlySet<string> = new Set(['config', 'logs']);
const FOLDERS = [
  'logs',
  'otelcol',
  'prometheus',
  'alertmanager',
  'alert-service',
  'tempo',
  'config',
];

/** What a stack is made for. */
export interface StackPlan {
  readonly folder: string;
  readonly network: Network;
  /** What opens the alert service. */
  readonly key: string;
  /** Whether metrics and alerts of an earlier stack in the folder stay. */
  readonly keepsData: boolean;
}

/**
 * Writes what the programs read below the folder, and removes what an earlier stack left. It is the
 * shipped configuration: only host names become addresses, and intervals become short so that a
 * minute shows everything.
 */
export function writeConfiguration({ folder, network, key, keepsData }: StackPlan): StackFiles {
  for (const name of FOLDERS) {
    // These only: the folder is the user's choice, and may hold what is not ours.
    if (!keepsData || NEVER_KEPT.has(name)) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const config = join(folder, 'config');
  const keyPath = join(config, 'telltale_api_key');
  writeFileSync(keyPath, key, { mode: 0o600 });
  chmodSync(keyPath, 0o600);
  cpSync(join(ROOT, 'deploy/prometheus/rules'), join(config, 'rules'), { recursive: true });
  const prometheusConfig = join(config, 'prometheus.yaml');
  writeFileSync(prometheusConfig, prometheusYaml(network, keyPath));
  const alertServiceConfig = join(config, 'telltale.yaml');
  writeFileSync(alertServiceConfig, alertServiceYaml(network, keyPath));
  return { folder, keyPath, logs: join(folder, 'logs'), prometheusConfig, alertServiceConfig };
}

const hostNames = (network: Network): readonly (readonly [RegExp, string])[] => [
  [/\botel-collector:(?=\d)/gu, `${network.otelCollector}:`],
  [/\btelltale-collector:(?=\d)/gu, `${network.alertService}:`],
  [/\bprometheus:(?=\d)/gu, `${network.prometheus}:`],
  [/\btempo:(?=\d)/gu, `${network.traces}:`],
  [/\balertmanager:(?=\d)/gu, `${network.alertmanager}:`],
];

function withAddresses(text: string, network: Network, keyPath: string): string {
  const addressed = hostNames(network).reduce(
    (written, [name, address]) => written.replaceAll(name, address),
    text,
  );
  return addressed.replaceAll('/run/secrets/telltale_api_key', keyPath);
}

function prometheusYaml(network: Network, keyPath: string): string {
  const shipped = readFileSync(join(ROOT, 'deploy/prometheus/prometheus.yaml'), 'utf8');
  return withAddresses(shipped, network, keyPath).replaceAll('_interval: 15s', '_interval: 1s');
}

function alertServiceYaml(network: Network, keyPath: string): string {
  const shipped = readFileSync(join(ROOT, 'deploy/compose/telltale.yaml'), 'utf8');
  const { alertApi, alertmanager } = addressesOf(network);
  return withAddresses(shipped, network, keyPath)
    .replace('data_dir: /data', 'data_dir: ../alert-service')
    .replace('external_url: http://127.0.0.1:9465', `external_url: ${alertApi}`)
    .replace(
      '  notify:\n',
      `  evaluation: {interval: 1s}\n  forward: [{url: ${alertmanager}}]\n  notify:\n`,
    )
    .replace('  drift:\n', '  drift:\n    interval: 2s\n    window: 1m\n')
    .replace('/v1/metrics\n', '/v1/metrics\n      interval: 2s\n');
}
