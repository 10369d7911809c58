import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { filesBelow, problemsOf } from '../../deploy/kubernetes/nodejs-image/tree.ts';
import { CJS_APP, ESM_APP, INFERENCES } from '../support/inference-apps.ts';
import { irisModel } from '../support/onnx-models.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { runApp } from '../support/run-app.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMAGE = join(ROOT, 'deploy/kubernetes/nodejs-image');
const OTHER_UID = 65_532;

const folder = mkdtempSync(join(tmpdir(), 'telltale-operator-'));
const built = join(folder, 'autoinstrumentation');
/** Where the operator's init container copies it to; another path than it was built at. */
const injected = join(folder, 'otel-auto-instrumentation-nodejs');
const app = join(folder, 'app');

const build = (...args: readonly string[]) => {
  const options = { encoding: 'utf8', cwd: tmpdir() } as const;
  return spawnSync(process.execPath, [join(IMAGE, 'build.ts'), ...args], options);
};

/** Other users read what they are given, and none writes. */
function close(path: string): void {
  for (const entry of filesBelow(path)) chmodSync(entry.path, entry.isFolder ? 0o555 : 0o444);
  chmodSync(path, 0o555);
}

/** Whether another user gets at Node.js and at what the application needs, wherever this is. */
const canBecomeAnother =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['-p', `require('${ROOT}/package.json').name`], {
    uid: OTHER_UID,
    gid: OTHER_UID,
  }).status === 0;

beforeAll(() => {
  const { status, stderr } = build(built);
  if (status !== 0) throw new Error(stderr);
  // As the operator does it: cp -r /autoinstrumentation/. /otel-auto-instrumentation-nodejs
  mkdirSync(injected);
  execFileSync('cp', ['-r', `${built}/.`, injected]);
  close(injected);
  chmodSync(folder, 0o755);
  // The application has its own ONNX Runtime, and nothing of Telltale or OpenTelemetry.
  mkdirSync(join(app, 'node_modules'), { recursive: true });
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  }
  writeFileSync(join(app, 'iris.onnx'), irisModel());
  writeFileSync(join(app, 'app.cjs'), CJS_APP);
  writeFileSync(join(app, 'app.mjs'), ESM_APP);
});

afterAll(() => {
  for (const entry of existsSync(injected) ? filesBelow(injected) : []) {
    if (entry.isFolder) chmodSync(entry.path, 0o755);
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('the tree of the operator image', () => {
  test('is small, without native code and links, and open to every user', () => {
    expect(problemsOf(built)).toEqual([]);
    const files = filesBelow(built);
    expect(files.length).toBeGreaterThan(20);
    expect(files.map(({ path }) => path)).toContain(join(built, 'autoinstrumentation.js'));
    // Whatever is above it on the other machine decides nothing.
    expect(JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'))).toMatchObject({
      type: 'commonjs',
    });
  });

  test('anything that a pod could not use is found', () => {
    const bad = join(folder, 'bad');
    cpSync(built, bad, { recursive: true });
    writeFileSync(join(bad, 'node_modules/addon.node'), '');
    writeFileSync(join(bad, 'private.js'), '', { mode: 0o600 });
    symlinkSync('/etc/hostname', join(bad, 'link'));
    writeFileSync(join(bad, 'large'), Buffer.alloc(81_000_000));
    expect(problemsOf(bad)).toEqual([
      expect.stringMatching(/^it has \d+ bytes$/u),
      'link is a link',
      'node_modules/addon.node is native code',
      'others may not read private.js',
    ]);
  });

  test('is not written over a foreign folder, nor without a name', () => {
    expect(build(app)).toMatchObject({
      status: 1,
      stderr: `Cannot build: "${app}" exists and was not made by this script\n`,
    });
    expect(build()).toMatchObject({
      status: 1,
      stderr: 'Cannot build: name the folder to write to\n',
    });
    expect(existsSync(join(app, 'iris.onnx'))).toBe(true);
  });

  const users = canBecomeAnother ? [undefined, OTHER_UID] : [undefined];
  if (!canBecomeAnother) {
    process.stderr.write(
      'SKIPPED: 2 tests of the operator image as another user: this needs root and a folder that others may read\n',
    );
  }
  const runs = users.flatMap((uid) =>
    ['app.cjs', 'app.mjs'].map((file) => ({ file, uid, as: uid ?? 'this user' })),
  );
  test.for(runs)('watches $file as $as, read-only, from elsewhere', async ({ file, uid }) => {
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: [join(app, file)],
      cwd: '/',
      env: {
        HOME: '/nonexistent',
        MODEL: join(app, 'iris.onnx'),
        // With the blank that the operator puts before it.
        NODE_OPTIONS: ` --require ${join(injected, 'autoinstrumentation.js')}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_SERVICE_NAME: 'shop',
        OTEL_PROPAGATORS: 'tracecontext,baggage',
        OTEL_TRACES_SAMPLER: 'parentbased_always_on',
        OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=shop-1,k8s.namespace.name=shop',
      },
      ...(uid === undefined ? {} : { uid }),
    });
    await sink.close();
    expect(result).toMatchObject({ code: 0, stdout: 'inferred\n', stderr: '' });
    const spans = sink.spans().filter(({ name }) => name.startsWith('infer'));
    expect(spans).toHaveLength(INFERENCES);
    expect(spans[0]?.resource).toMatchObject({
      'service.name': 'shop',
      'k8s.pod.name': 'shop-1',
    });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });
});

test('instrumentation.yaml names the image of the Dockerfile and leaves the tree room', () => {
  const text = readFileSync(join(IMAGE, '../instrumentation.yaml'), 'utf8');
  const [document] = parseAllDocuments(text).map((one) => one.toJS() as Record<string, unknown>);
  const tag = /^TELLTALE_TAG=(?<tag>.*)$/mu.exec(
    readFileSync(join(ROOT, 'deploy/versions.env'), 'utf8'),
  )?.groups?.['tag'];
  expect(document).toMatchObject({
    apiVersion: 'opentelemetry.io/v1alpha1',
    kind: 'Instrumentation',
    spec: {
      exporter: { endpoint: 'http://telltale-otel-collector.telltale:4318' },
      nodejs: {
        image: `registry.example.com/telltale-autoinstrumentation-nodejs:${tag}`,
        // As its CRD spells it.
        volumeLimitSize: '200Mi',
      },
    },
  });
});
