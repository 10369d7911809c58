import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { filesBelow, problemsOf } from '../../deploy/kubernetes/nodejs-image/tree.ts';
import { CJS_APP, ESM_APP, INFERENCES } from '../support/inference-apps.ts';
import { irisModel } from '../support/onnx-models.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { ROOT } from '../support/tidy/source-file.ts';
import { NODE_IMAGE } from './base-images.ts';
import { type Checks, same } from './checks.ts';
import { HARDENED, podmanOk } from './engine.ts';
import { OPERATOR_IMAGE } from './names.ts';

/** Neither the image's user nor the alert service's. */
const POD_USER = '65532:65532';

/** What the operator's init container does, and two pods that got its files. */
export async function checkOperatorImage(
  checks: Checks,
  { folder, runtime }: { readonly folder: string; readonly runtime: readonly string[] },
): Promise<void> {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  const target = '/otel-auto-instrumentation-nodejs';
  const flags = [...runtime, ...HARDENED, '--user', POD_USER];
  await checks.check('the init container copies the tree, as another user', () => {
    const copy = ['cp', '-r', '/autoinstrumentation/.', target];
    podmanOk('run', '--rm', ...flags, '--volume', `${shared}:${target}`, OPERATOR_IMAGE, ...copy);
    same(problemsOf(shared), []);
    const bytes = filesBelow(shared).reduce((sum, file) => sum + file.bytes, 0);
    return `${(bytes / 1e6).toFixed(1)} MB`;
  });
  const app = writeApp(folder);
  for (const file of ['app.cjs', 'app.mjs']) {
    await checks.check(`a pod with ${file} is watched, read-only`, async () => {
      const sink = await startOtlpSink();
      const env = {
        NODE_OPTIONS: ` --require ${target}/autoinstrumentation.js`,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_SERVICE_NAME: 'shop',
        MODEL: '/app/iris.onnx',
      };
      // In the background, because the sink answers from this process.
      const id = podmanOk(
        'run',
        '--detach',
        ...flags,
        '--workdir',
        '/',
        '--volume',
        `${shared}:${target}:ro`,
        '--volume',
        `${app}:/app:ro`,
        ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
        NODE_IMAGE,
        'node',
        `/app/${file}`,
      );
      try {
        await sink.until(() => sink.total('ml.inference.duration') >= INFERENCES, 30_000);
        const code = podmanOk('wait', id);
        const logs = podmanOk('logs', id);
        same([code, logs], ['0', 'inferred']);
        const spans = sink.spans().filter(({ name }) => name.startsWith('infer '));
        same([spans.length, sink.total('ml.inference.duration')], [INFERENCES, INFERENCES]);
      } finally {
        podmanOk('rm', '--force', '--time', '0', id);
        await sink.close();
      }
    });
  }
}

/** An application with its own ONNX Runtime, and nothing of Telltale or OpenTelemetry. */
function writeApp(folder: string): string {
  const app = join(folder, 'app');
  mkdirSync(app);
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    cpSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name), { recursive: true });
  }
  writeFileSync(join(app, 'iris.onnx'), irisModel());
  writeFileSync(join(app, 'app.cjs'), CJS_APP);
  writeFileSync(join(app, 'app.mjs'), ESM_APP);
  return app;
}
