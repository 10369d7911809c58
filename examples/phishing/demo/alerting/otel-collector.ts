import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { stringify } from 'yaml';

import { freePort } from '../free-port.ts';

const BINARY = fileURLToPath(
  new URL('../../../../.cache/tools/current/bin/otelcol', import.meta.url),
);
const READY_TIMEOUT_MS = 20_000;

/** The OTel Collector between the service and everything that receives. */
export interface OtelCollector {
  /** What to set OTEL_EXPORTER_OTLP_ENDPOINT to. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface Destinations {
  /** Receives traces, metrics and logs. */
  readonly sinkUrl: string;
  /** Receives metrics, with its path. */
  readonly alertMetricsUrl: string;
}

/**
 * Starts the OTel Collector that `npm run tools` built.
 *
 * @throws {Error} when it is not there or does not start
 */
export async function startOtelCollector(destinations: Destinations): Promise<OtelCollector> {
  if (!existsSync(BINARY)) {
    throw new Error('Cannot start the OTel Collector: build it first with npm run tools');
  }
  const folder = mkdtempSync(join(tmpdir(), 'telltale-otelcol-'));
  const port = await freePort();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, stringify(configuration(port, destinations)));
  const child = spawn(BINARY, ['--config', path], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await ready(child);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, { sinkUrl, alertMetricsUrl }: Destinations): object {
  const exporter = (fields: object): object => ({ ...fields, compression: 'gzip' });
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      'otlp_http/sink': exporter({ endpoint: sinkUrl }),
      // One consumer keeps exports in their order.
      'otlp_http/alert_service': exporter({
        metrics_endpoint: alertMetricsUrl,
        sending_queue: { num_consumers: 1 },
      }),
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        traces: { receivers: ['otlp'], exporters: ['otlp_http/sink'] },
        logs: { receivers: ['otlp'], exporters: ['otlp_http/sink'] },
        metrics: { receivers: ['otlp'], exporters: ['otlp_http/alert_service'] },
      },
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(
        new Error([`Cannot start the OTel Collector: ${what}`, ...lines.slice(-5)].join('\n  ')),
      );
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it was not ready within ${READY_TIMEOUT_MS / 1000} seconds`);
    }, READY_TIMEOUT_MS);
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (!line.includes('Everything is ready')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', (cause) => fail(cause.message));
    child.once('close', () => fail('it ended'));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
