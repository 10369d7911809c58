import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';

import { sharedState } from '@telltale/core';
import {
  OnnxRuntimeInstrumentation,
  type OnnxRuntimeInstrumentationConfig,
} from '@telltale/instrumentation-onnxruntime';
import { RuntimeInstrumentation } from '@telltale/instrumentation-runtime';

import { type Config, loadConfig } from './config.ts';
import { reasonOf, report } from './diagnostics.ts';
import { rememberRequestSpan } from './events/request-events.ts';
import { watchRoutes } from './events/request-routes.ts';
import { wantsEvents } from './events/wanted.ts';
import { gpuInstrumentations } from './gpu/gpu-instrumentation.ts';
import { recordPredictionsAutomatically } from './record/automatic/automatic-predictions.ts';
import type { AnyInstrumentation } from './start-options.ts';

const AUTO_INSTRUMENTATIONS = '@opentelemetry/auto-instrumentations-node';
const HTTP = '@opentelemetry/instrumentation-http';
/** Twice the default, in milliseconds: the idle cost of watching the loop falls from 0.7 % to 0.4 %. */
const LOOP_PRECISION_MS = 20;

/**
 * Telltale's own instrumentations, to be given to a `NodeSDK` that an application starts itself.
 * The same objects are returned each time, so that nothing is patched or counted twice.
 */
export function createInstrumentations(
  config: Config = loadConfig({ env: process.env, folder: process.cwd() }),
): AnyInstrumentation[] {
  return [...ownInstrumentations(config), ...gpuInstrumentations(config)];
}

/**
 * Puts a span around each call of the pipelines of `@huggingface/transformers`. Only for a module
 * that no hook sees: imported on a Node.js without hooks for `import`, or bundled. Never throws.
 *
 * @example
 * import * as transformers from '@huggingface/transformers';
 * instrumentTransformers(transformers);
 */
export function instrumentTransformers(transformers: unknown): void {
  const own = ownInstrumentations(loadConfig({ env: process.env, folder: process.cwd() }));
  for (const instrumentation of own) instrumentation.instrumentTransformers(transformers);
}

/** As `createInstrumentations`, with the types that wiring needs. */
export function ownInstrumentations(config: Config): OnnxRuntimeInstrumentation[] {
  return sharedState('telltale.instrumentations', () => createOwn(config));
}

/** What else is watched where Telltale runs the SDK: HTTP and the process, or all of upstream. */
export function createCompanions(config: Config): Instrumentation[] {
  const wantsRuntime = config.list('instrumentations').includes('runtime');
  const unwanted = config.list('OTEL_NODE_DISABLED_INSTRUMENTATIONS');
  // What the process uses is reported by its main thread: each thread would report it again.
  const own = wantsRuntime && isMainThread ? [new RuntimeInstrumentation()] : [];
  if (config.flag('auto_instrumentations')) {
    const automatic = loadAutoInstrumentations();
    if (automatic !== undefined) {
      patchForEsm(['node:http', 'node:https']);
      return [...automatic, ...own];
    }
  }
  // Event loop, garbage collection and heap.
  const node =
    wantsRuntime && !unwanted.includes('runtime-node')
      ? [new RuntimeNodeInstrumentation({ monitoringPrecision: LOOP_PRECISION_MS })]
      : [];
  return [...createHttp(config), ...node, ...own];
}

function createHttp(config: Config): Instrumentation[] {
  if (!config.list('instrumentations').includes('http')) return [];
  if (config.list('OTEL_NODE_DISABLED_INSTRUMENTATIONS').includes('http')) return [];
  const http = new HttpInstrumentation({
    // Exports of any SDK run with tracing suppressed: they are no traffic of the application.
    ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
    requestHook: rememberRequestSpan,
  });
  watchRoutes();
  patchForEsm(['node:http', 'node:https']);
  return [http];
}

/**
 * Instrumentations patch when a module is required, which ECMAScript modules never do. Modules of
 * Node.js are one object for both kinds, so requiring them here patches them for both, and named
 * imports follow once they are synchronized. This needs no loader hook.
 */
function patchForEsm(builtins: readonly string[]): void {
  const load = createRequire(join(process.cwd(), 'package.json'));
  for (const name of builtins) load(name);
  syncBuiltinESMExports();
}

function createOwn(config: Config): OnnxRuntimeInstrumentation[] {
  if (!config.list('instrumentations').includes('onnxruntime')) return [];
  recordPredictionsAutomatically();
  return [new OnnxRuntimeInstrumentation(onnxRuntimeConfig(config))];
}

function onnxRuntimeConfig(config: Config): OnnxRuntimeInstrumentationConfig {
  const read = (key: string): string | undefined => config.text(`onnxruntime.${key}`);
  const number = (key: string): number => config.number(`onnxruntime.${key}`) ?? 0;
  const slow = config.get('onnxruntime.slow_run');
  return {
    spans: read('spans') as NonNullable<OnnxRuntimeInstrumentationConfig['spans']>,
    maxSpansPerParent: number('max_spans_per_parent'),
    slowRun: slow === 'off' || typeof slow === 'number' ? slow : 'auto',
    nonFinite: {
      inputs: config.flag('onnxruntime.non_finite.inputs'),
      outputs: config.flag('onnxruntime.non_finite.outputs'),
      maxElements: number('non_finite.max_elements'),
    },
    operatorProfile: {
      mode: read('operator_profile.mode') === 'startup' ? 'startup' : 'off',
      runs: number('operator_profile.runs'),
      top: number('operator_profile.top'),
    },
    models: config.models,
    wantsEvents,
    captureErrorMessage: config.flag('onnxruntime.capture_error_message'),
  };
}

/** From the application's tree. Loading it costs about 280 ms, hence only on request. */
function loadAutoInstrumentations(): Instrumentation[] | undefined {
  try {
    const load = createRequire(join(process.cwd(), 'package.json'));
    const loaded = load(AUTO_INSTRUMENTATIONS) as {
      getNodeAutoInstrumentations(config: Readonly<Record<string, object>>): Instrumentation[];
    };
    watchRoutes();
    return loaded.getNodeAutoInstrumentations({ [HTTP]: { requestHook: rememberRequestSpan } });
  } catch (cause) {
    report('auto_instrumentations', `Cannot load ${AUTO_INSTRUMENTATIONS}: ${reasonOf(cause)}`);
    return undefined;
  }
}
