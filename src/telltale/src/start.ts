import { isMainThread } from 'node:worker_threads';

import { metrics } from '@opentelemetry/api';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';

import { FLUSH_TIMEOUT_MS, sharedState } from '@telltale/core';
import type { OnnxRuntimeInstrumentation } from '@telltale/instrumentation-onnxruntime';

import { type Config, formatProblem, loadConfig } from './config.ts';
import { reasonOf, report } from './diagnostics.ts';
import { createDriftProducers } from './drift/monitor.ts';
import { publishDriftTelemetry, settleDriftTelemetry, watchDrift } from './drift/watch-drift.ts';
import { wantsEsmHook } from './esm-hook.ts';
import { watchEvents } from './events/watch-events.ts';
import { monitor } from './http/monitoring.ts';
import { scheduleServer } from './http/scheduled-server.ts';
import { createCompanions, ownInstrumentations } from './instrumentations.ts';
import { addSecretNames } from './masking/secret-names.ts';
import { flushOnCrash } from './process/crash.ts';
import { flushBeforeExit } from './process/exit.ts';
import { flushOnSignals } from './process/signals.ts';
import { shareFlush } from './process/workers.ts';
import { settleAutomaticPredictions } from './record/automatic/automatic-predictions.ts';
import { createApplicationProducer, publishHistograms } from './record/bound-histogram.ts';
import { hasDiagnosticLogger } from './sdk/api-globals.ts';
import { startDeclaredSdk } from './sdk/declared-sdk.ts';
import { showOwnDiagnostics } from './sdk/diag-lines.ts';
import { chooseMode, type SdkMode } from './sdk/mode.ts';
import { startOwnSdk } from './sdk/own-sdk.ts';
import { countError } from './self-metrics.ts';
import { flush, setPrepare, setShutdown } from './shutdown.ts';

/** `EX_CONFIG` of sysexits: the configuration is at fault. */
const EXIT_CONFIG = 78;

export interface StartOptions {
  /** Options by dotted key, as they would stand in `telltale.yaml`; stronger than all else. */
  readonly options?: Readonly<Record<string, string>>;
  /** Instrumentations besides Telltale's own. */
  readonly instrumentations?: readonly Instrumentation[];
}

export interface Started {
  readonly mode: SdkMode;
  /** Resolves with the port of the Prometheus page; `undefined` when there is none. */
  readonly pagePort: Promise<number | undefined>;
  /** Whether the register file is to hook `import`. */
  readonly wantsEsmHook: boolean;
}

/**
 * Starts watching. The second call of a process, from whichever copy of the package, returns what
 * the first one started. Never throws: what fails costs one line and the application goes on.
 */
export function start(options: StartOptions = {}): Started {
  return sharedState('telltale.started', () => {
    const config = loadConfig({
      env: process.env,
      folder: process.cwd(),
      ...(options.options === undefined ? {} : { code: options.options }),
    });
    tellProblems(config);
    try {
      return startIn(config, options.instrumentations ?? []);
    } catch (cause) {
      countError('start', 'exception');
      report('start', `Cannot start: ${reasonOf(cause)}`);
      return NOTHING;
    }
  });
}

const NOTHING: Started = {
  mode: 'off',
  pagePort: Promise.resolve(undefined),
  wantsEsmHook: false,
};

function startIn(config: Config, extra: readonly Instrumentation[]): Started {
  const flags = {
    execArgv: process.execArgv,
    nodeOptions: process.env['NODE_OPTIONS'],
    script: process.argv[1],
  };
  const mode = chooseMode(config, flags);
  if (mode === 'off') return NOTHING;
  if (!config.isSet('OTEL_LOG_LEVEL') && !hasDiagnosticLogger()) showOwnDiagnostics();
  const ours = ownInstrumentations(config);
  const instrumentations = [...ours, ...extra];
  addSecretNames(config.list('privacy.secret_names'));
  watchEvents(config, mode);
  watchDrift(config);
  serveInstrumentations(ours, { config, mode });
  let pagePort: Promise<number | undefined> = Promise.resolve(undefined);
  switch (mode) {
    case 'own': {
      const all = [...createCompanions(config), ...instrumentations];
      monitor({ instrumentations: all });
      const own = startOwnSdk(config, {
        instrumentations: all,
        createProducer: (temporality) => {
          publishHistograms(metrics.getMeterProvider());
          const runs = ours.map((one) => one.createMetricProducer(temporality));
          return [
            ...runs,
            createApplicationProducer(temporality),
            ...createDriftProducers(config, temporality),
          ];
        },
      });
      pagePort = own.pagePort;
      setShutdown(() => own.shutdown());
      break;
    }
    case 'node': {
      const all = [...createCompanions(config), ...instrumentations];
      monitor({ instrumentations: all });
      const declared = startDeclaredSdk(config, all);
      setShutdown(() => declared.shutdown());
      pagePort = serveWhereAsked(config);
      break;
    }
    case 'attach':
      registerInstrumentations({ instrumentations });
      monitor({ instrumentations });
      pagePort = serveWhereAsked(config);
      break;
  }
  publishDriftTelemetry(config);
  watchTheEnd(config);
  return { mode, pagePort, wantsEsmHook: wantsEsmHook(config, process.execArgv) };
}

/** What our instrumentations tell to the endpoints, and what they have to end before a flush. */
function serveInstrumentations(
  ours: readonly OnnxRuntimeInstrumentation[],
  how: { readonly config: Config; readonly mode: SdkMode },
): void {
  const [onnxruntime] = ours;
  monitor({
    ...how,
    models: () => ours.flatMap((one) => one.describeModels()),
    ...(onnxruntime === undefined
      ? {}
      : { profileOperators: (request) => onnxruntime.profileOperators(request) }),
  });
  setPrepare(() => {
    settleAutomaticPredictions();
    settleDriftTelemetry(how.config);
    for (const instrumentation of ours) {
      instrumentation.endOpenSpans();
      instrumentation.summarizeRuns();
    }
  });
}

/**
 * Another SDK may open a page of its own on the default port at any time, so beside one the
 * endpoints are served only where somebody chose a port for them.
 */
function serveWhereAsked(config: Config): Promise<number | undefined> {
  if (!config.isSet('monitoring.port')) return Promise.resolve(undefined);
  return scheduleServer(config).port;
}

/** Signals reach the main thread only; workers are asked to flush, and do when they are done. */
function watchTheEnd(config: Config): void {
  const timeoutMs = config.number('flush.timeout') ?? FLUSH_TIMEOUT_MS;
  const flushBounded = (): Promise<void> => flush(timeoutMs);
  flushBeforeExit(flushBounded);
  if (config.flag('flush.on_crash')) flushOnCrash(flushBounded);
  const flushAll = shareFlush(flushBounded);
  if (isMainThread) flushOnSignals(flushAll);
}

function tellProblems(config: Config): void {
  if (config.problems.length === 0) return;
  config.problems.forEach((problem, index) => {
    report(`config ${index}`, formatProblem(problem, config.path));
  });
  if (config.flag('strict')) process.exit(EXIT_CONFIG);
}
