import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { packAll } from '../../packaging/release/pack-all.ts';
import { CJS_APP, INFERENCES } from '../support/inference-apps.ts';
import { irisModel } from '../support/onnx-models.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { runApp } from '../support/run-app.ts';
import { ROOT } from '../support/tidy/source-file.ts';

/** An application that never saw this repository: a folder, what `npm run pack` makes, a model. */
const folder = mkdtempSync(join(tmpdir(), 'telltale-fresh-'));
let packs: readonly string[] = [];

/** npm as in a shell of the user's: without what the npm that runs these tests sets. */
function npm(...args: string[]): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
  );
  return execFileSync('npm', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
}

beforeAll(() => {
  packs = packAll(ROOT, folder);
  writeFileSync(join(folder, 'package.json'), '{"name": "fresh", "private": true}');
  writeFileSync(join(folder, 'iris.onnx'), irisModel());
  writeFileSync(join(folder, 'app.js'), CJS_APP);
  npm(
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...packs.map((pack) => `./${pack}`),
  );
  // Too large to unpack in each test run; the application's own copy all the same.
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a fresh application with what `npm run pack` makes', () => {
  test('the README names the file that is packed', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/packs\/([\w.-]+\.tgz)/gu)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => name === undefined || !packs.includes(name))).toEqual([]);
  });

  test('installs no OpenTelemetry, and four packages besides ours', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter(
      (name) => !name.startsWith('.') && !name.startsWith('onnxruntime-'),
    );
    expect(installed).toEqual([
      '@telltale',
      'cjs-module-lexer',
      'es-module-lexer',
      'import-in-the-middle',
      'module-details-from-path',
      'telltale',
    ]);
  });

  test('sends each inference with the flag alone', async () => {
    const sink = await startOtlpSink();
    const { code, stdout, stderr } = await runApp({
      argv: ['--require', 'telltale/register', 'app.js'],
      cwd: folder,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SERVICE_NAME: 'fresh' },
    });
    const inferences = sink.spans().filter(({ name }) => name.startsWith('infer'));
    const seen = {
      code,
      stdout,
      stderr,
      inferences: inferences.length,
      counted: sink.total('ml.inference.duration'),
    };
    await sink.close();
    expect(seen).toEqual({
      code: 0,
      stdout: 'inferred\n',
      stderr: '',
      inferences: INFERENCES,
      counted: INFERENCES,
    });
  });

  test('has the command line', () => {
    expect(npm('exec', '--', 'telltale', '--version').trim()).toMatch(/^\d+\.\d+\.\d+$/u);
  });

  test.for(['core', 'statistics', 'instrumentation-onnxruntime', 'instrumentation-drift'])(
    '@telltale/%s is loaded by require and by import',
    async (name) => {
      const source = `
        const required = Object.keys(require('@telltale/${name}'));
        import('@telltale/${name}').then((module) => console.log(
          required.length > 0 && required.every((key) => key in module)));`;
      writeFileSync(join(folder, 'load.cjs'), source);
      const { code, stdout } = await runApp({ argv: ['load.cjs'], cwd: folder });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'true\n' });
    },
  );
});
