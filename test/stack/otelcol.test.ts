import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { readMetrics } from '../../collector/src/otlp/read/read-metrics.ts';
import { plainBatch } from '../support/otlp/batch-plain.ts';
import { encodeOtlp } from '../support/otlp/otlp-proto.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const CONFIG = join(import.meta.dirname, '../../otel-collector.yaml');
const GATES = '--feature-gates=-connector.spanmetrics.includeCollectorInstanceID';
const otelcol = referenceBinaryOrWarn('otelcol', 'otel-collector.yaml in the real OTel Collector');

interface CollectorConfig {
  readonly processors: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Pipeline>>;
  };
}

interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

describe('otel-collector.yaml', () => {
  const text = readFileSync(CONFIG, 'utf8');
  const config = parse(text) as CollectorConfig & Record<string, Record<string, unknown>>;
  const pipelines = Object.entries(config.service.pipelines);

  test('limits memory first in every pipeline and uses no batch processor', () => {
    expect(pipelines.length).toBeGreaterThan(0);
    expect(pipelines.map(([, { processors }]) => processors[0])).toEqual(
      pipelines.map(() => 'memory_limiter'),
    );
    expect(Object.keys(config.processors)).not.toContain('batch');
  });

  test('listens on loopback unless told otherwise', () => {
    expect(text).not.toContain('0.0.0.0');
  });

  test('uses every component and lists every extension', () => {
    const used = new Set([
      ...config.service.extensions,
      ...pipelines.flatMap(([, { receivers, processors, exporters }]) => [
        ...receivers,
        ...processors,
        ...exporters,
      ]),
    ]);
    const kinds = ['extensions', 'receivers', 'processors', 'connectors', 'exporters'];
    const defined = kinds.flatMap((kind) => Object.keys(config[kind] ?? {}));
    expect([...used].sort()).toEqual(defined.sort());
  });
});

describe.skipIf(otelcol === undefined)('otelcol', () => {
  const validate = (path: string): { status: number | null; stderr: string } => {
    const { status, stderr } = spawnSync(otelcol ?? '', ['validate', `--config=${path}`, GATES], {
      encoding: 'utf8',
    });
    return { status, stderr };
  };

  test('accepts otel-collector.yaml', () => {
    expect(validate(CONFIG)).toEqual({ status: 0, stderr: '' });
  });

  test('refuses it with a misspelt option', () => {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-otelcol-'));
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, readFileSync(CONFIG, 'utf8').replace('decision_wait:', 'decision_wiat:'));
    const { status, stderr } = validate(broken);
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('decision_wiat');
  });
});

describe.skipIf(otelcol === undefined)('otelcol in front of the alert service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-otelcol-'));
  const arrived: unknown[] = [];
  let child: ChildProcess | undefined;
  let httpPort = 0;
  const sink = createServer((request, response) => {
    void noteMetrics(request, arrived).then(() => response.writeHead(200).end());
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
    const [http = 0, grpc = 0, health = 0, own = 0, zpages = 0] = await freePorts(5);
    httpPort = http;
    const config = readFileSync(CONFIG, 'utf8')
      .replace(':4317"', `:${grpc}"`)
      .replace(':4318"', `:${http}"`)
      .replace(':13133"', `:${health}"`)
      .replace('port: 8888', `port: ${own}`);
    writeFileSync(join(folder, 'config.yaml'), config);
    child = spawn(otelcol ?? '', [`--config=${join(folder, 'config.yaml')}`, GATES], {
      env: {
        ...process.env,
        OTELCOL_STORAGE_DIR: join(folder, 'queue'),
        OTELCOL_ZPAGES: `127.0.0.1:${zpages}`,
        TELLTALE_OTLP: sinkUrl,
        PROM_OTLP: sinkUrl,
        OTELCOL_OWN_METRICS_MS: '3600000',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await untilReady(child);
  }, 60_000);

  afterAll(async () => {
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await exited;
    sink.closeAllConnections();
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('hands metrics on, with its default environment on the resource', async () => {
    const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
    const body = encodeOtlp('ExportMetricsServiceRequest', {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] },
          scopeMetrics: [
            { metrics: [{ name: 'm', gauge: { dataPoints: [{ timeUnixNano, asDouble: 4 }] } }] },
          ],
        },
      ],
    });
    const response = await fetch(`http://127.0.0.1:${httpPort}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Uint8Array.from(body),
    });
    expect(response.status).toBe(200);
    await expect
      .poll(() => arrived, { timeout: 15_000 })
      .toContainEqual([
        expect.objectContaining({
          attributes: [
            ['service.name', 'app'],
            ['deployment.environment.name', 'dev'],
          ],
          scopes: [
            expect.objectContaining({
              metrics: [
                expect.objectContaining({
                  name: 'm',
                  points: [expect.objectContaining({ value: 4 })],
                }),
              ],
            }),
          ],
        }),
      ]);
  }, 30_000);
});

/** Reads what the OTel Collector posts, which is protobuf and compressed. */
async function noteMetrics(request: IncomingMessage, arrived: unknown[]): Promise<void> {
  const body = await buffer(request);
  if (request.url?.endsWith('/v1/metrics') !== true) return;
  const isCompressed = request.headers['content-encoding'] === 'gzip';
  arrived.push(plainBatch(readMetrics(isCompressed ? gunzipSync(body) : body)));
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Everything is ready')) resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`otelcol ended with ${code}:\n${log.slice(-2000)}`));
    });
  });
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer().listen(0, '127.0.0.1'));
  await Promise.all(
    servers.map((server) => new Promise((resolve) => server.once('listening', resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
