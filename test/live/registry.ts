import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, expect, test } from 'vitest';

import { startDemo } from '../../deploy/local/feed/demo.ts';
import { freePort, ServiceProcess } from '../support/collector/service-process.ts';
import { type OtlpSink, type SinkRequest, startOtlpSink } from '../support/otlp-sink.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { LiveCheck, type OtlpRequest } from '../support/stack/live-check.ts';

/** Long enough for faults, the broken input and a replay of tickets. */
const RUN_MS = 40_000;
const FORWARD_MS = 500;
/** Where the alert service sends what it merges: apart from the applications. */
const MERGED_PATH = '/merged/v1/metrics';

const folder = useOwnTemporaryFolder();
const check = new LiveCheck();

beforeAll(async () => {
  const sink = await startOtlpSink();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const { service, otlpUrl } = await startAlertService(sink);
  const demo = await startDemo({
    addresses: { otlpHttp: sink.url },
    files: { folder, logs },
  });
  const endMs = performance.now() + RUN_MS;
  let forwarded = 0;
  while (performance.now() < endMs) {
    const fresh = sink.requests.slice(forwarded);
    forwarded += fresh.length;
    for (const request of fresh) await forward(request, otlpUrl);
    await sleep(FORWARD_MS);
  }
  await demo.stop();
  await service.end('SIGTERM');
  await sink.close();
  // Traces and logs travel as protobuf, metrics as JSON.
  check.addDecoded({ spans: sink.spans(), logs: sink.logs() });
  for (const { body, contentType } of sink.requests) {
    if (contentType.includes('json')) check.add(JSON.parse(body.toString('utf8')) as OtlpRequest);
  }
});

/** The alert service merges the drift of a fleet, and exports that too. */
async function startAlertService(sink: OtlpSink) {
  const [otlp, api] = [await freePort(), await freePort()];
  const own = join(folder, 'alert-service');
  mkdirSync(own);
  writeFileSync(
    join(own, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlp}', api: '127.0.0.1:${api}'}
  data_dir: ./data
  rules: []
  drift: {interval: 2s, window: 1m, export: {endpoint: '${sink.url}${MERGED_PATH}', interval: 2s}}
  notify: {receivers: [{name: log, type: log}]}
`,
  );
  const service = new ServiceProcess(own, api);
  await service.start();
  return { service, otlpUrl: `http://127.0.0.1:${otlp}` };
}

/** Metrics of the applications go on to the alert service, as through the OTel Collector. */
async function forward({ path, body, contentType }: SinkRequest, otlpUrl: string): Promise<void> {
  if (path !== '/v1/metrics') return;
  const headers = { 'content-type': contentType };
  const answer = await fetch(otlpUrl + path, {
    method: 'POST',
    headers,
    body: Uint8Array.from(body),
  });
  await answer.arrayBuffer();
}

test('everything that is emitted is declared, with its unit, type and values', () => {
  expect([...check.findings].toSorted()).toEqual([]);
});

test('what is declared and was not emitted is listed', () => {
  const never = check.neverEmitted();
  process.stdout.write(`declared, not emitted by the demo:\n  ${never.join('\n  ')}\n`);
  // The demo shows most of the registry; a metric that vanishes from all of it is noticed here.
  expect(check.emitted).toBeGreaterThan(100);
  expect(never.filter((name) => name.startsWith('metric ml.drift.fleet.'))).toEqual([]);
});
