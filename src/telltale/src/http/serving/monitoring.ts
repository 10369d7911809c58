import { threadId } from 'node:worker_threads';

import type { Instrumentation } from '@opentelemetry/instrumentation';

import {
  METRIC_TELLTALE_ERRORS,
  METRIC_TELLTALE_EVENTS_DROPPED,
  METRIC_TELLTALE_EXPORT_FAILURES,
  sharedState,
} from '@telltale/core';
import type {
  ModelStatus,
  OperatorProfileRequest,
  OperatorProfileResult,
} from '@telltale/instrumentation-onnxruntime';

import { OPTIONS } from '../../config/options/options.ts';
import { type Config, loadConfig } from '../../config.ts';
import { exporterStatus } from '../../export/running-exporters.ts';
import { takeProfile } from '../../profiling/take-profile.ts';
import { cacheOverflow, cacheTotals } from '../../record/caches.ts';
import { recordFeedback } from '../../record/feedback/feedback.ts';
import { feedbackTotals, modelPerformance } from '../../record/feedback/feedback-performance.ts';
import { activeDetectors, componentHealth, healthOverflow } from '../../record/health.ts';
import {
  hasPredictions,
  overflowedPredictions,
} from '../../record/predictions/prediction-series.ts';
import { queueOverflow, queueStatus } from '../../record/queues.ts';
import { requestOverflow, requestStatus } from '../../record/requests.ts';
import { countError, selfTotals } from '../../self-metrics.ts';
import type { SharedPage } from '../../shared-page/shared-page.ts';
import type { ThreadSummary } from '../../shared-page/thread-page.ts';
import { PACKAGE_VERSION } from '../../version.ts';
import { readKeys } from '../keys.ts';
import { createFastifyPlugin, createMiddleware, type MonitoringMiddleware } from '../mount.ts';
import { createRouter, type Route, type Router } from '../router.ts';
import { configRoute } from '../routes/config.ts';
import { driftRoutes } from '../routes/drift.ts';
import { feedbackRoute } from '../routes/feedback.ts';
import { type GpuStatus, gpuRoute } from '../routes/gpu.ts';
import { healthRoutes } from '../routes/health.ts';
import { metricsRoute, type RenderPage } from '../routes/metrics.ts';
import { modelRoutes } from '../routes/models.ts';
import { operatorProfileRoute } from '../routes/operator-profile.ts';
import { profileRoute } from '../routes/profile.ts';
import { statusRoute } from '../routes/status.ts';

/** What `start` knows and the endpoints show. Filled in as parts come to life. */
interface Monitored {
  config: Config | undefined;
  mode: string;
  /** The page of this thread. */
  render: RenderPage | undefined;
  /** The page with those of the other threads and processes. */
  sharedPage: SharedPage | undefined;
  instrumentations: readonly Instrumentation[];
  models: () => readonly ModelStatus[];
  profileOperators: (request: OperatorProfileRequest) => Promise<OperatorProfileResult>;
  gpu: () => GpuStatus | undefined;
  /** Routes of `/monitoring/drift`, given by the drift monitor. */
  drift: readonly Route[];
}

const NOT_WATCHED: OperatorProfileResult = {
  refusal: 'unknown_model',
  message: 'Cannot profile operators: ONNX Runtime is not watched',
};

/** One a process: the endpoints may be mounted from another copy of this package. */
const monitored: Monitored = sharedState('telltale.monitored', () => ({
  config: undefined,
  mode: 'off',
  render: undefined,
  sharedPage: undefined,
  instrumentations: [],
  models: () => [],
  profileOperators: () => Promise.resolve(NOT_WATCHED),
  gpu: () => undefined,
  drift: [],
}));

/** Tells the endpoints what there is to show. */
export function monitor(parts: Partial<Monitored>): void {
  Object.assign(monitored, parts);
}

/** Whether a model is or was loaded here: a process without one may be the launcher of another. */
export const hasModel = (): boolean => monitored.models().length > 0;

/** What `render` returns now, for who renders later. */
export const renderOwnPage = (): RenderPage | undefined => monitored.render;

/** What this thread tells of itself to others of its service. */
export function summarizeThread(): ThreadSummary {
  return {
    pid: process.pid,
    thread_id: threadId,
    started_at: new Date(performance.timeOrigin).toISOString(),
    telltale: PACKAGE_VERSION,
    models: monitored.models().map(({ name, version, sessions, runs, errors }) => ({
      name,
      version,
      sessions,
      runs,
      errors,
    })),
  };
}

/** Whether the application told something of itself, besides running models. */
export const hasRecords = (): boolean =>
  hasPredictions() ||
  componentHealth().length > 0 ||
  [cacheTotals(), queueStatus(), requestStatus()].some((named) => Object.keys(named).length > 0);

/** The page for a server of ours, which the processes of the service share, or for one of theirs. */
function pageOf(isOurs: boolean): RenderPage | undefined {
  const { render, sharedPage } = monitored;
  if (render === undefined || sharedPage === undefined) return render;
  return (accept) => (isOurs ? sharedPage.renderAll(accept) : sharedPage.renderProcess(accept));
}

/** The router of all endpoints, for one address; `bindHost` is that of a server of ours. */
export function createMonitoringRouter(isLocal: boolean, bindHost?: string): Router {
  const config = monitored.config ?? loadConfig({ env: process.env, folder: process.cwd() });
  return createRouter({
    keys: readKeys(config),
    isLoopback: isLocal,
    ...(bindHost === undefined ? {} : { bindHost }),
    onError: () => countError('monitoring', 'exception'),
    routes: [
      metricsRoute(
        () => pageOf(bindHost !== undefined),
        config.flag('monitoring.metrics_key') ? 'key' : 'open',
      ),
      ...healthRoutes({
        components: componentHealth,
        detectors: activeDetectors,
        models: () => monitored.models().reduce((sum, { sessions }) => sum + sessions, 0),
        modelsMin: config.number('monitoring.models_min') ?? 0,
      }),
      feedbackRoute((feedback) => recordFeedback(feedback)),
      status(),
      ...modelRoutes(() => monitored.models()),
      operatorProfileRoute((request) => monitored.profileOperators(request)),
      gpuRoute(() => monitored.gpu()),
      profileRoute(takeProfile),
      configRoute(OPTIONS, config),
      ...driftRoutes(monitored.drift),
    ],
  });
}

const status = (): Route =>
  statusRoute({
    versions,
    mode: () => monitored.mode,
    instrumentations: () =>
      monitored.instrumentations.map((one) => ({
        name: one.instrumentationName,
        version: one.instrumentationVersion,
        enabled: one.getConfig().enabled !== false,
      })),
    models: () => monitored.models(),
    processes: async () => (await monitored.sharedPage?.processes()) ?? [],
    exporters: exporterStatus,
    droppedEvents: () => selfTotals(METRIC_TELLTALE_EVENTS_DROPPED),
    errors: () => selfTotals(METRIC_TELLTALE_ERRORS),
    exportFailures: () => selfTotals(METRIC_TELLTALE_EXPORT_FAILURES),
    overflowedNames: () =>
      overflowedPredictions() +
      cacheOverflow() +
      queueOverflow() +
      healthOverflow() +
      requestOverflow(),
    feedback: feedbackTotals,
    performance: modelPerformance,
    application: () => ({
      caches: cacheTotals(),
      queues: queueStatus(),
      requests: requestStatus(),
      components: componentHealth(),
      detectors: activeDetectors(),
    }),
  });

function versions(): Readonly<Record<string, string>> {
  const runtimes = monitored.models().flatMap(({ info }) => info?.runtimeVersion ?? []);
  const onnxruntime = [...new Set(runtimes)].join(', ');
  return {
    telltale: PACKAGE_VERSION,
    node: process.versions.node,
    ...(onnxruntime === '' ? {} : { onnxruntime }),
  };
}

/** The endpoints in a server of the application's own, made at the first request. */
const lazyRouter = (): Router => {
  let router: Router | undefined;
  return (request) => {
    // A server of the application may be public, whatever address this request came from.
    router ??= createMonitoringRouter(false);
    return router(request);
  };
};

/** The monitoring endpoints, to be mounted in a server of the application's own. */
export const monitoring: {
  /**
   * Middleware for `node:http`, Connect and Express: `app.use(monitoring.middleware())`. Answers
   * `/metrics`, `/health*` and `/monitoring/*` and passes the rest on.
   */
  readonly middleware: () => MonitoringMiddleware;
  /** The same as a Fastify plugin: `await app.register(monitoring.fastify())`. */
  readonly fastify: () => ReturnType<typeof createFastifyPlugin>;
} = {
  middleware: () => createMiddleware(lazyRouter()),
  fastify: () => createFastifyPlugin(lazyRouter()),
};
