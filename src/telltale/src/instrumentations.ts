import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';

import { sharedState } from '@telltale/core';
import {
  OnnxRuntimeInstrumentation,
  type OnnxRuntimeInstrumentationConfig,
} from '@telltale/instrumentation-onnxruntime';

import { type Config, loadConfig } from './config.ts';
import { reasonOf, report } from './diagnostics.ts';
import { recordPredictionsAutomatically } from './record/automatic/automatic-predictions.ts';

const AUTO_INSTRUMENTATIONS = '@opentelemetry/auto-instrumentations-node';

/**
 * Telltale's own instrumentations, to be given to a `NodeSDK` that an application starts itself.
 * The same objects are returned each time, so that nothing is patched or counted twice.
 */
export function createInstrumentations(
  config: Config = loadConfig({ env: process.env, folder: process.cwd() }),
): Instrumentation[] {
  return ownInstrumentations(config);
}

/** As `createInstrumentations`, with the types that wiring needs. */
export function ownInstrumentations(config: Config): OnnxRuntimeInstrumentation[] {
  return sharedState('telltale.instrumentations', () => createOwn(config));
}

/** What else is patched where Telltale runs the SDK: `node:http`, or all that upstream has. */
export function createCompanions(config: Config): Instrumentation[] {
  if (config.flag('auto_instrumentations')) {
    const automatic = loadAutoInstrumentations();
    if (automatic !== undefined) {
      patchForEsm(['node:http', 'node:https']);
      return automatic;
    }
  }
  if (!config.list('instrumentations').includes('http')) return [];
  const http = new HttpInstrumentation({
    // Exports of any SDK run with tracing suppressed: they are no traffic of the application.
    ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
  });
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
    captureErrorMessage: config.flag('onnxruntime.capture_error_message'),
  };
}

/** From the application's tree. Loading it costs about 280 ms, hence only on request. */
function loadAutoInstrumentations(): Instrumentation[] | undefined {
  try {
    const load = createRequire(join(process.cwd(), 'package.json'));
    const loaded = load(AUTO_INSTRUMENTATIONS) as {
      getNodeAutoInstrumentations(): Instrumentation[];
    };
    return loaded.getNodeAutoInstrumentations();
  } catch (cause) {
    report('auto_instrumentations', `Cannot load ${AUTO_INSTRUMENTATIONS}: ${reasonOf(cause)}`);
    return undefined;
  }
}
