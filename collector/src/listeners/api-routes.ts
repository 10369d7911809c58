import { fileURLToPath } from 'node:url';

import { jsonResponse, type RefusalFormat, type Route } from '../http/message.ts';
import { type PageFiles, readPageFiles } from '../http/page-files.ts';
import { alertRoutes } from '../http/routes/alertmanager/alert-routes.ts';
import { silenceRoutes } from '../http/routes/alertmanager/silence-routes.ts';
import { alertmanagerStatusRoutes } from '../http/routes/alertmanager/status-routes.ts';
import { driftRoutes } from '../http/routes/drift.ts';
import { monitoringRoutes } from '../http/routes/monitoring/routes.ts';
import { openApiRoutes } from '../http/routes/openapi/document.ts';
import { operationsRoutes } from '../http/routes/operations.ts';
import { pageRoutes } from '../http/routes/page.ts';
import type { PrometheusApi } from '../http/routes/prometheus/api.ts';
import { queryRoutes } from '../http/routes/prometheus/query-routes.ts';
import { ruleRoutes } from '../http/routes/prometheus/rule-routes.ts';
import { seriesRoutes } from '../http/routes/prometheus/series-routes.ts';
import { statusRoutes } from '../http/routes/prometheus/status-routes.ts';
import type { ServiceCore } from '../runtime/service/service-core.ts';
import { createDriftApi } from './drift-api.ts';
import { createAlertmanagerApi, createMonitoringApi } from './notifier-api.ts';

/** What the application itself answers to the API. */
export interface ApiInputs {
  readonly core: ServiceCore;
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: () => number;
  /** False after a reload that failed. */
  readonly isConfigCurrent: () => boolean;
  /** The metrics of the service in the text format of Prometheus. */
  readonly metricsText: () => Promise<string>;
  /** Returns what is wrong with the new configuration. */
  readonly reload: (actor: string) => readonly string[];
}

/** Every route of the API listener. */
export function apiRoutes(inputs: ApiInputs): Route[] {
  const { core, nowMs } = inputs;
  const prometheus = prometheusApi(inputs);
  const alertmanager = createAlertmanagerApi(inputs);
  return [
    ...queryRoutes(prometheus),
    ...seriesRoutes(prometheus),
    ...onceStarted(core, ruleRoutes(prometheus)),
    ...statusRoutes(prometheus),
    ...whileRunning(core, alertRoutes(alertmanager)),
    ...whileRunning(core, silenceRoutes(alertmanager)),
    ...alertmanagerStatusRoutes(alertmanager),
    ...openApiRoutes(inputs.version),
    ...whileRunning(core, monitoringRoutes(createMonitoringApi(inputs))),
    ...driftRoutes(createDriftApi(core, nowMs)),
    ...operationsRoutes({
      problems: () => core.problems(),
      metricsText: inputs.metricsText,
      reload: (actor) => Promise.resolve(inputs.reload(actor)),
    }),
    ...pageRoutes(pageFilesOnce()),
  ];
}

/** Beside the compiled sources, also when these run uncompiled. Read when a browser first asks. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dist/page/', import.meta.url));

function pageFilesOnce(): () => PageFiles | undefined {
  let files: PageFiles | undefined;
  return () => (files ??= readPageFiles(PAGE_FOLDER));
}

/** Writes wait until the notifier has read what a former run left: the client is told to come back. */
function whileRunning({ parts }: ServiceCore, routes: readonly Route[]): Route[] {
  return routes.map((route): Route => {
    if (route.method === 'GET') return route;
    return {
      ...route,
      handle: (request) => {
        if (parts.notifier.isRunning) return route.handle(request);
        const message = 'Cannot take this yet: the service is starting or stopping';
        const answer = jsonResponse(503, { error: { code: 'HTTP_503', message } });
        return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } };
      },
    };
  });
}

/** Before the saved alerts are read, an empty list would look as if nothing were wrong. */
function onceStarted({ parts }: ServiceCore, routes: readonly Route[]): Route[] {
  return routes.map((route): Route => {
    return {
      ...route,
      handle: (request) => {
        if (parts.notifier.isRunning) return route.handle(request);
        const message = 'the service is starting or stopping';
        const headers = { 'retry-after': '1' };
        return apiRefusal({ status: 503, message, headers }, request);
      },
    };
  });
}

function prometheusApi({ core, ...inputs }: ApiInputs): PrometheusApi {
  const { plane, runner, queries } = core.parts;
  return {
    queries,
    parse: (text) => plane.engine.parse(text),
    store: plane.store,
    exemplars: plane.exemplars,
    version: inputs.version,
    startedMs: inputs.startedMs,
    isConfigCurrent: inputs.isConfigCurrent,
    nowMs: inputs.nowMs,
    groups: () => runner.groups,
    metadata: () => plane.metadata,
  };
}

/** Refusals of the listener in the words of Prometheus or of our own API. */
export const apiRefusal: RefusalFormat = ({ status, message, headers }, { path }) => {
  const isPrometheus = path.startsWith('/api/v1/');
  const type = status === 404 ? 'not_found' : 'unavailable';
  const body = isPrometheus
    ? { status: 'error', errorType: type, error: message }
    : { error: { code: `HTTP_${status}`, message } };
  const answer = jsonResponse(status, body);
  return { ...answer, headers: { ...answer.headers, ...headers } };
};
