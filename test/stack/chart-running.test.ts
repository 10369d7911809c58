import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { metricsBody } from '../support/collector/alert-service.ts';
import { exampleObjects } from '../support/helm/rendered.ts';
import { startCollector } from '../support/helm/running-collector.ts';
import { CERTIFICATES } from '../support/notify/certificates.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const KEY = 'the-key-of-the-service';
const TOKEN = 'the-token-of-clients';
const otelcol = referenceBinaryOrWarn('otelcol', 'the Collectors of the chart, running');

/** A loopback address of its own, because the ports of a pod are fixed. */
const BIND = `127.${process.pid % 250}.${(process.pid >> 8) % 250}.77`;

let folder = '';
let children: ChildProcess[] = [];
let seen: { readonly path: string; readonly key: string }[] = [];
const service = createServer((message, response) => {
  const { authorization, 'x-api-key': key } = message.headers;
  seen.push({ path: message.url ?? '', key: String(authorization ?? key) });
  message.resume().once('end', () => response.end());
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-chart-running-'));
  seen = [];
  children = [];
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const child of children) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
  rmSync(folder, { recursive: true });
});

async function start(feature: string, name: string): Promise<void> {
  const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const child = await startCollector(otelcol ?? '', {
    objects: exampleObjects(feature),
    name,
    folder,
    given: {
      env: {
        OTELCOL_BIND: BIND,
        OTELCOL_ZPAGES: `${BIND}:55679`,
        OTELCOL_STORAGE_DIR: join(folder, 'queue'),
        OTELCOL_OWN_METRICS_MS: '1000',
        OTELCOL_INSTANCE: 'telltale-otel-collector-tier2-0',
        TELLTALE_OTLP: address,
        PROM_OTLP: address,
        TIER2_HOST: 'localhost',
      },
      files: {
        'secrets/api-key': KEY,
        'tls/tls.crt': CERTIFICATES.server.cert,
        'tls/tls.key': CERTIFICATES.server.key,
        'tls/ca.crt': CERTIFICATES.ca,
        'tls/token': TOKEN,
      },
    },
  });
  children.push(child);
}

const body = (): Buffer =>
  Buffer.from(metricsBody([{ name: 'queue_depth', value: 1, timeMs: Date.now() }]));

/** Sends one metric over TLS. @returns the status, or why there was none */
function sendSecurely(options: { readonly token?: string; readonly isKnown: boolean }) {
  const { cert, key } = CERTIFICATES.client;
  const agent = new Agent({ ca: CERTIFICATES.ca, ...(options.isKnown ? { cert, key } : {}) });
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };
  const target = { host: BIND, servername: 'localhost', port: 4318, path: '/v1/metrics' };
  return new Promise<number | string>((resolve) => {
    const sent = request({ ...target, method: 'POST', agent, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(body());
  });
}

describe.skipIf(otelcol === undefined)('a Collector of the chart', () => {
  test.for([
    ['minimal', 'telltale-otel-collector'],
    ['two-tiers', 'telltale-otel-collector-tier2'],
  ] as const)(
    'of %s is healthy and shows the key to the alert service',
    { timeout: 40_000 },
    async ([feature, name]) => {
      await start(feature, name);
      expect((await fetch(`http://${BIND}:13133/`)).status).toBe(200);
      const own = await fetch(`http://${BIND}:8888/metrics`);
      expect(await own.text()).toContain('otelcol_process_uptime');
      const sent = await fetch(`http://${BIND}:4318/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Uint8Array.from(body()),
      });
      expect(sent.status).toBe(200);
      // What applications sent, with the bearer token; what it tells of itself, with the header.
      for (const key of [`Bearer ${KEY}`, KEY]) {
        await expect
          .poll(() => seen, { timeout: 15_000 })
          .toContainEqual({ path: '/v1/metrics', key });
      }
    },
  );

  test.for([
    ['tls', 'telltale-otel-collector'],
    ['tls-two-tiers', 'telltale-otel-collector'],
  ] as const)(
    'of %s takes nothing without certificate and token',
    { timeout: 40_000 },
    async ([feature, name]) => {
      await start(feature, name);
      expect(await sendSecurely({ isKnown: true, token: TOKEN })).toBe(200);
      expect(await sendSecurely({ isKnown: true, token: 'wrong' })).toBe(401);
      expect(await sendSecurely({ isKnown: true })).toBe(401);
      expect(await sendSecurely({ isKnown: false, token: TOKEN })).toEqual(expect.any(String));
    },
  );
});
