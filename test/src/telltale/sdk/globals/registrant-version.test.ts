import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { rolldown } from 'rolldown';
import { afterAll, expect, test } from 'vitest';

import { ApiGlobals } from '../../../../../src/telltale/src/sdk/globals/api-globals.ts';

const KEY = Symbol.for('opentelemetry.js.api.1');
const folder = mkdtempSync(join(tmpdir(), 'telltale-bundled-api-'));
afterAll(() => {
  Reflect.deleteProperty(globalThis, KEY);
  rmSync(folder, { recursive: true, force: true });
});

/** An application in one file, as bundlers make it, far from any package. */
async function bundled(api: string, isMinified: boolean): Promise<string> {
  const source = join(folder, 'source.mjs');
  const resolved = createRequire(import.meta.url).resolve(api);
  writeFileSync(source, `export { metrics } from ${JSON.stringify(resolved)};\n`);
  const file = join(folder, `${api.replaceAll('/', '-')}-${isMinified}.cjs`);
  const build = await rolldown({ input: source, platform: 'node' });
  await build.write({ file, format: 'cjs', minify: isMinified });
  return file;
}

test.for([
  { api: '@opentelemetry/api', isMinified: false },
  { api: '@opentelemetry/api', isMinified: true },
  { api: 'opentelemetry-api-1.9', isMinified: false },
  { api: 'opentelemetry-api-1.9', isMinified: true },
])('a bundled copy of $api is served, minified: $isMinified', async ({ api, isMinified }) => {
  Reflect.deleteProperty(globalThis, KEY);
  const globals = new ApiGlobals();
  globals.register('metrics', { getMeter: () => undefined });
  const { metrics } = createRequire(import.meta.url)(await bundled(api, isMinified)) as {
    readonly metrics: { setGlobalMeterProvider(provider: object): boolean };
  };
  const theirs = { getMeter: () => undefined };
  expect(metrics.setGlobalMeterProvider(theirs)).toBe(true);
  expect(globals.has('metrics')).toBe(true);
});
