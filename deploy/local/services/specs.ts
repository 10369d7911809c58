import { join } from 'node:path';

import type { StackFiles } from '../configuration.ts';
import { addressesOf, type Network } from '../network.ts';
import type { ServiceSpec } from '../service.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What every service is told. */
export interface Context {
  readonly network: Network;
  readonly files: StackFiles;
  readonly apiKey: string;
}

export const logPath = ({ files }: Context, name: string): string =>
  join(files.logs, `${name}.log`);

export function prometheusSpec(program: string, context: Context): ServiceSpec {
  const { network, files } = context;
  return {
    name: 'prometheus',
    command: [
      program,
      `--config.file=${files.prometheusConfig}`,
      `--storage.tsdb.path=${join(files.folder, 'prometheus')}`,
      `--web.listen-address=${network.prometheus}:9090`,
      '--web.enable-otlp-receiver',
      '--web.enable-lifecycle',
      '--enable-feature=exemplar-storage',
    ],
    healthUrl: `${addressesOf(network).prometheus}/-/ready`,
    logPath: logPath(context, 'prometheus'),
  };
}

export function tempoSpec(program: string, context: Context): ServiceSpec {
  const host = context.network.traces;
  return {
    name: 'traces',
    command: [
      program,
      '-target=all',
      `-config.file=${join(ROOT, 'deploy/tempo/tempo.yaml')}`,
      '-config.expand-env=true',
    ],
    env: {
      TEMPO_BIND: host,
      TEMPO_BIND_IP: host,
      TEMPO_OTLP_GRPC: `${host}:4317`,
      TEMPO_OTLP_HTTP: `${host}:4318`,
      TEMPO_QUERY_END_CUTOFF: '1s',
      TEMPO_DIR: join(context.files.folder, 'tempo'),
    },
    healthUrl: `http://${host}:3200/ready`,
    logPath: logPath(context, 'traces'),
    stopMs: 35_000,
  };
}

export function alertmanagerSpec(program: string, context: Context): ServiceSpec {
  const { network, files } = context;
  return {
    name: 'alertmanager',
    command: [
      program,
      `--config.file=${join(ROOT, 'deploy/alertmanager/alertmanager.yaml')}`,
      `--storage.path=${join(files.folder, 'alertmanager')}`,
      `--web.listen-address=${network.alertmanager}:9093`,
      '--cluster.listen-address=',
    ],
    healthUrl: `${addressesOf(network).alertmanager}/-/ready`,
    logPath: logPath(context, 'alertmanager'),
  };
}

export function alertServiceSpec(context: Context): ServiceSpec {
  const { network, files } = context;
  return {
    name: 'telltale-collector',
    command: [
      process.execPath,
      join(ROOT, 'collector/dist/main.js'),
      'serve',
      '--config',
      files.alertServiceConfig,
    ],
    healthUrl: `${addressesOf(network).alertApi}/-/ready`,
    logPath: logPath(context, 'telltale-collector'),
  };
}

export function otelCollectorSpec(program: string, context: Context): ServiceSpec {
  const { network, files, apiKey } = context;
  const addresses = addressesOf(network);
  return {
    name: 'otel-collector',
    command: [
      program,
      `--config=${join(ROOT, 'otel-collector.yaml')}`,
      // The key stands in the environment of this one process, as Compose's file does there.
      '--config=yaml:exporters::otlp_http/telltale::headers::X-API-Key: ${env:TELLTALE_API_KEY}',
      '--feature-gates=-connector.spanmetrics.includeCollectorInstanceID',
    ],
    env: {
      OTELCOL_BIND: network.otelCollector,
      OTELCOL_ZPAGES: `${network.otelCollector}:55679`,
      OTELCOL_STORAGE_DIR: join(files.folder, 'otelcol'),
      PROM_OTLP: `${addresses.prometheus}/api/v1/otlp`,
      TELLTALE_OTLP: addresses.alertOtlp,
      TEMPO_OTLP: addresses.traceOtlpGrpc,
      TELLTALE_SAMPLING_PERCENT: '100',
      TELLTALE_API_KEY: apiKey,
      OTELCOL_OWN_METRICS_MS: '1000',
    },
    healthUrl: `${addresses.otelCollectorHealth}/`,
    logPath: logPath(context, 'otel-collector'),
  };
}
