import { afterAll, describe, expect, test } from 'vitest';

import {
  CJS_APP,
  CJS_APP_WITH_SDK,
  ESM_APP,
  ESM_APP_WITH_SDK,
  INFERENCES,
} from '../support/inference-apps.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder, runApp } from '../support/run-app.ts';

const folder = createAppFolder();
afterAll(() => folder.remove());

const apps = [
  { app: 'CJS, alone', file: folder.write('alone.cjs', CJS_APP), hasOwnSdk: false },
  { app: 'ESM, alone', file: folder.write('alone.mjs', ESM_APP), hasOwnSdk: false },
  {
    app: 'CJS, own NodeSDK later',
    file: folder.write('own.cjs', CJS_APP_WITH_SDK),
    hasOwnSdk: true,
  },
  {
    app: 'ESM, own NodeSDK later',
    file: folder.write('own.mjs', ESM_APP_WITH_SDK),
    hasOwnSdk: true,
  },
];
const cases = ['--require', '--import'].flatMap((flag) => apps.map((app) => ({ flag, ...app })));

describe.for(cases)('$flag telltale/register, $app', ({ flag, file, hasOwnSdk }) => {
  test('observes each inference exactly once in spans and metrics', async () => {
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: [flag, 'telltale/register', file],
      cwd: folder.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    await sink.close();
    const infer = sink.spans().filter((span) => span.attributes['ml.operation.name'] === 'infer');
    expect({
      code: result.code,
      stderr: result.stderr.replace(/^telltale: The application runs its own.*\n/u, ''),
      spans: infer.length,
      count: sink.total('ml.inference.duration'),
      instances: new Set(infer.map((span) => span.resource['service.instance.id'])).size,
    }).toEqual({ code: 0, stderr: '', spans: INFERENCES, count: INFERENCES, instances: 1 });
    expect(result.stderr.includes('runs its own OpenTelemetry SDK')).toBe(hasOwnSdk);
  });
});

test('a second register in the same process changes nothing', async () => {
  const sink = await startOtlpSink();
  const argv = ['--require', 'telltale/register', '--import', 'telltale/register'];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const file = folder.write('twice.cjs', CJS_APP);
  const result = await runApp({ argv: [...argv, file], cwd: folder.path, env });
  await sink.close();
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
});
