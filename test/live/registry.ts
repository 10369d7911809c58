import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, expect, test } from 'vitest';

import { startDemo } from '../../deploy/local/feed/demo.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { LiveCheck, type OtlpRequest } from '../support/stack/live-check.ts';

/** Long enough for faults, the broken input and a replay of tickets. */
const RUN_MS = 35_000;

const folder = useOwnTemporaryFolder();
const check = new LiveCheck();

beforeAll(async () => {
  const sink = await startOtlpSink();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const demo = await startDemo({
    addresses: { otlpHttp: sink.url },
    files: { folder, logs },
  });
  await sleep(RUN_MS);
  await demo.stop();
  await sink.close();
  // Traces and logs travel as protobuf, metrics as JSON.
  check.addDecoded({ spans: sink.spans(), logs: sink.logs() });
  for (const { body, contentType } of sink.requests) {
    if (contentType.includes('json')) check.add(JSON.parse(body.toString('utf8')) as OtlpRequest);
  }
});

test('everything that is emitted is declared, with its unit, type and values', () => {
  expect([...check.findings].toSorted()).toEqual([]);
});

test('what is declared and was not emitted is listed', () => {
  const never = check.neverEmitted();
  process.stdout.write(`declared, not emitted by the demo:\n  ${never.join('\n  ')}\n`);
  // The demo shows most of the registry; a metric that vanishes from all of it is noticed here.
  expect(check.emitted).toBeGreaterThan(90);
});
