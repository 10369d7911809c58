import { createRequire } from 'node:module';
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
import { lastRequests } from './export/at-exit/last-requests.ts';
import { gpuInstrumentations } from './gpu/gpu-instrumentation.ts';
import { hasModel, monitor } from './http/serving/monitoring.ts';
import { scheduleServer } from './http/serving/scheduled-server.ts';
import { createSharedPage } from './http/serving/share-page.ts';
import { createCompanions, ownInstrumentations } from './instrumentations.ts';
import { createApplicationProducer, publishHistograms } from './instruments/bound-histogram.ts';
import { addSecretNames } from './masking/secret-names.ts';
import { flushAtExit } from './process/exit.ts';
import { flushOnSignals } from './process/signals.ts';
import { shareFlush } from './process/workers.ts';
import { watchProfiling } from './profiling/watch-profiling.ts';
import { settleAutomaticPredictions } from './record/automatic/automatic-predictions.ts';
import { keepFeedback } from './record/feedback/keep-feedback.ts';
import { showDiagnostics } from './sdk/diag-lines.ts';
import { ApiGlobals, hasDiagnosticLogger } from './sdk/globals/api-globals.ts';
import { chooseMode } from './sdk/mode.ts';
import { type OwnSdk, startOwnSdk } from './sdk/own-sdk.ts';
import { countError } from './self-metrics.ts';
import type { SharedPage } from './shared-page/shared-page.ts';
import { flush, prepareFlush, setPrepare, setShutdown, watchFlushes } from './shutdown.ts';
import type { SdkMode, Started, StartOptions } from './start-options.ts';

/** `EX_CONFIG` of sysexits: the configuration is at fault. */
const EXIT_CONFIG = 78;

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
      return startIn(config, (options.instrumentations ?? []) as readonly Instrumentation[]);
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
  const globals = sharedState('telltale.api-globals', () => new ApiGlobals());
  // A logger that the application has set keeps what OpenTelemetry says.
  if (!hasDiagnosticLogger()) showDiagnostics(config);
  const ours = ownInstrumentations(config);
  addSecretNames(config.list('privacy.secret_names'));
  watchEvents(config, mode);
  keepFeedback(config);
  watchDrift(config);
  serveInstrumentations(ours, { config, mode });
  const gpu = watchGpu(config);
  const page = createSharedPage(config);
  monitor({ sharedPage: page });
  const pagePort = startSdk({ config, mode, globals, ours, extra: [...gpu, ...extra], page });
  publishDriftTelemetry(config);
  watchProfiling(config);
  watchTheEnd(config);
  return { mode, pagePort, wantsEsmHook: wantsEsmHook(config, process.execArgv) };
}

/** Watches GPUs with any SDK, because no other tool does. */
function watchGpu(config: Config): readonly Instrumentation[] {
  const [gpu] = gpuInstrumentations(config);
  if (gpu === undefined) return [];
  monitor({
    gpu: () => ({ snapshot: gpu.latest(), nowUs: Number(process.hrtime.bigint() / 1_000n) }),
  });
  return [gpu];
}

interface SdkStart {
  readonly config: Config;
  readonly mode: Exclude<SdkMode, 'off'>;
  readonly globals: ApiGlobals;
  readonly ours: readonly OnnxRuntimeInstrumentation[];
  readonly extra: readonly Instrumentation[];
  readonly page: SharedPage;
}

/** Returns the port of the page. */
function startSdk(start: SdkStart): Promise<number | undefined> {
  const { config, mode, ours, extra } = start;
  const instrumentations = [...ours, ...extra];
  switch (mode) {
    case 'own':
    case 'beside': {
      const own = startWithOwnSdk(start);
      setShutdown(() => own.shutdown());
      return own.pagePort;
    }
    case 'node': {
      const all = [...createCompanions(config), ...instrumentations];
      monitor({ instrumentations: all });
      const declared = loadDeclaredSdk().startDeclaredSdk(config, all);
      setShutdown(() => declared.shutdown());
      return serveWhereAsked(start);
    }
    case 'attach':
      registerInstrumentations({ instrumentations });
      monitor({ instrumentations });
      return serveWhereAsked(start);
  }
}

/** The whole of upstream's SDK, which is loaded for who declares it in a file only. */
function loadDeclaredSdk(): typeof import('./sdk/declared-sdk.ts') {
  const load = createRequire(import.meta.url);
  return load('#declared-sdk') as typeof import('./sdk/declared-sdk.ts');
}

function startWithOwnSdk({ config, mode, globals, ours, extra, page }: SdkStart): OwnSdk {
  const isBeside = mode === 'beside';
  // Another tool that was there first, or is named in a flag, watches HTTP and the process itself.
  const companions = isBeside ? [] : createCompanions(config);
  const instrumentations = [...companions, ...ours, ...extra];
  monitor({ instrumentations });
  return startOwnSdk(config, {
    globals,
    page,
    isBeside,
    instrumentations,
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
 * endpoints are served only if a port is configured for them.
 */
function serveWhereAsked({ config, page }: SdkStart): Promise<number | undefined> {
  if (!config.isSet('monitoring.port')) return Promise.resolve(undefined);
  return scheduleServer(config, { hasModel, page }).port;
}

/** Signals reach the main thread only; workers are asked to flush, and do when they are done. */
function watchTheEnd(config: Config): void {
  const timeoutMs = config.number('flush.timeout') ?? FLUSH_TIMEOUT_MS;
  const flushBounded = (): Promise<void> => flush(timeoutMs);
  const lastSendMs = config.number('flush.on_exit') ?? 0;
  flushAtExit({
    flush: flushBounded,
    flushMs: timeoutMs,
    lastSendMs,
    lastRequests: () => {
      prepareFlush();
      return lastRequests();
    },
    isAfterCrash: config.flag('flush.on_crash'),
    onLost: (requests) =>
      report(
        'flush',
        `Cannot send all telemetry within ${lastSendMs} ms: ${requests} requests lost`,
      ),
  });
  const flushAll = shareFlush({
    flushOwn: flushBounded,
    timeoutMs,
    watchFlushes,
    onLost: () => {
      countError('worker', 'terminated');
      report('worker', 'A worker thread was terminated: what it had not sent yet is lost');
    },
  });
  if (isMainThread) flushOnSignals(flushAll);
}

function tellProblems(config: Config): void {
  if (config.problems.length === 0) return;
  config.problems.forEach((problem, index) => {
    // Each is a kind of its own, as `report` tells one line of a kind a minute.
    report(`config ${index}`, formatProblem(problem, config.path));
  });
  if (config.flag('strict')) process.exit(EXIT_CONFIG);
}
