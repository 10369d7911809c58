import type { Route } from '../../message.ts';
import type { PrometheusApi } from './api.ts';
import { success } from './envelope.ts';

/** The version of Prometheus whose API this is; Grafana picks features by it. */
const COMPATIBLE_VERSION = '3.14.0';

/** What clients ask to find out whom they talk to. */
export function statusRoutes(api: PrometheusApi): Route[] {
  const get = (path: string, answer: () => unknown): Route => ({
    method: 'GET',
    path,
    scope: 'read',
    handle: () => success(answer()),
  });
  return [
    get('/api/v1/status/buildinfo', () => ({
      version: `${COMPATIBLE_VERSION}+telltale.${api.version}`,
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    })),
    get('/api/v1/status/runtimeinfo', () => ({
      startTime: new Date(api.startedMs).toISOString(),
      timeSeriesCount: api.store.seriesCount,
      reloadConfigSuccess: api.isConfigCurrent(),
    })),
    get('/api/v1/status/flags', () => ({})),
    get('/api/v1/targets', () => ({ activeTargets: [], droppedTargets: [] })),
    get('/api/v1/alertmanagers', () => ({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  ];
}
