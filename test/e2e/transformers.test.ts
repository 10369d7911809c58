import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { runApp } from '../support/run-app.ts';
import { writeTinyClassifier } from '../support/tiny-classifier.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where `npm run test:matrix` installs it: too large to be a dependency of the workspace. */
const PROJECT = join(ROOT, '.cache/matrix/project/with-transformers');
const REGISTER = join(ROOT, 'src/telltale/dist/esm/register.cjs');
const CALLS = 3;

const isInstalled = existsSync(join(PROJECT, 'node_modules/@huggingface/transformers'));
if (!isInstalled) {
  process.stderr.write(
    'SKIPPED: 4 tests of transformers.js, as it is not installed: run npm run test:matrix once\n',
  );
}

const BODY = `
async function classify({ pipeline, env }) {
  env.allowRemoteModels = false;
  env.localModelPath = './models/';
  const classifier = await pipeline('text-classification', 'tiny-classifier', { dtype: 'fp32' });
  for (let i = 0; i < ${CALLS}; i++) console.log(JSON.stringify(await classifier('good day')));
  await classifier(null).catch((error) => console.log('failed: ' + error.message));
}`;

const SOURCES: Readonly<Record<string, string>> = {
  'app.cjs': `${BODY}\nclassify(require('@huggingface/transformers'));`,
  'app.mjs': `import * as transformers from '@huggingface/transformers';\n${BODY}\nawait classify(transformers);`,
};

describe.skipIf(!isInstalled)('pipelines of @huggingface/transformers', () => {
  const folder = isInstalled ? mkdtempSync(join(PROJECT, 'e2e-')) : '';
  if (isInstalled) {
    writeTinyClassifier(join(folder, 'models/tiny-classifier'));
    for (const [name, source] of Object.entries(SOURCES)) writeFileSync(join(folder, name), source);
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const pipelinesOf = (sink: OtlpSink) =>
    sink.spans().filter(({ attributes }) => attributes['ml.operation.name'] === 'pipeline');

  test.for([
    ['--require', 'app.cjs'],
    ['--require', 'app.mjs'],
    ['--import', 'app.cjs'],
    ['--import', 'app.mjs'],
  ] as const)(
    '%s, %s: one span a call, above its inferences',
    { timeout: 60_000 },
    async ([flag, file]) => {
      const bare = await runApp({ argv: [file], cwd: folder });
      const sink = await startOtlpSink();
      const result = await runApp({
        argv: [flag, REGISTER, file],
        cwd: folder,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
      });
      await sink.close();
      expect(result).toMatchObject({ code: 0, stderr: '', stdout: bare.stdout });
      const spans = pipelinesOf(sink);
      expect(spans.map(({ name }) => name)).toEqual(
        Array.from({ length: CALLS + 1 }, () => 'pipeline text-classification'),
      );
      const types = spans.map(({ attributes }) => attributes['error.type']);
      expect(bare.stdout).toContain('failed: ');
      expect(types.filter((type) => type !== undefined).length).toBe(1);
      const parents = new Set(spans.map(({ spanId }) => spanId));
      const runs = sink.spans().filter(({ name }) => name.startsWith('infer '));
      // Its pipeline picks the best labels with a second model: two runs a call.
      expect(runs.length).toBe(2 * CALLS);
      expect(runs.filter(({ parentSpanId }) => !parents.has(parentSpanId))).toEqual([]);
    },
  );
});
