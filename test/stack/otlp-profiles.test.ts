import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { otlpProfileRequest } from '../../instrumentations/profiler/src/otlp/otlp-profile.ts';
import { PROFILE } from '../support/profiler/profiles.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const GATE = '--feature-gates=service.profilesSupport';
const otelcol = referenceBinaryOrWarn('otelcol', 'OTLP profiles in the real OTel Collector');

const CONFIG = (port: number): string => `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
exporters:
  debug:
    verbosity: detailed
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    profiles:
      receivers: [otlp]
      exporters: [debug]
`;

const SPAN = {
  name: 'POST /predict',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  startMicros: 1_000_000,
  endMicros: 1_015_000,
};

describe.skipIf(otelcol === undefined)('otelcol with its gate for profiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-otelcol-profiles-'));
  let child: ChildProcess | undefined;
  let port = 0;
  let log = '';

  beforeAll(async () => {
    port = await freePort();
    writeFileSync(join(folder, 'config.yaml'), CONFIG(port));
    child = spawn(otelcol ?? '', [`--config=${join(folder, 'config.yaml')}`, GATE], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await untilLogged('Everything is ready');
  }, 60_000);

  afterAll(async () => {
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Resolves when the text was logged, by either stream. */
  function untilLogged(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (chunk?: Buffer): void => {
        log += chunk?.toString() ?? '';
        if (log.includes(text)) resolve();
      };
      child?.stdout?.on('data', look);
      child?.stderr?.on('data', look);
      child?.once('exit', (code) => reject(new Error(`otelcol ended with ${code}:\n${log}`)));
      look();
    });
  }

  const post = (body: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/v1development/profiles`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('takes our profile, with its stacks and the span that they belong to', async () => {
    const request = otlpProfileRequest(PROFILE, {
      spans: [SPAN],
      resource: { 'service.name': 'fraud' },
      startMs: 1_700_000_000_000,
      profileId: '00112233445566778899aabbccddeeff',
    });
    const answer = await post(request);
    expect([answer.status, await answer.json()]).toEqual([200, expect.anything()]);
    await untilLogged('00112233445566778899aabbccddeeff');
    await untilLogged('service.name: Str(fraud)');
    // What it prints of the tables that all profiles share.
    for (const text of ['handler', '/app/server.js', SPAN.traceId, SPAN.spanId]) {
      await untilLogged(text);
    }
  }, 30_000);

  test('refuses one that is none', async () => {
    const answer = await post({ resourceProfiles: 'none' });
    expect(answer.status).toBe(400);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
