import type { ComponentHealth } from '../../record/health.ts';
import { json, type MonitoringResponse } from '../message.ts';
import type { Route } from '../router.ts';

export interface HealthSources {
  readonly components: () => readonly ComponentHealth[];
  readonly detectors: () => readonly string[];
  /** Sessions that are loaded now. */
  readonly models: () => number;
  /** Loaded models below which the process is not ready. */
  readonly modelsMin: number;
}

/**
 * `/health`, `/health/live` and `/health/ready`, with the names that Kubernetes users type too.
 * Live: the event loop turns. Ready: no component is down and the models are loaded; a degraded
 * component still serves.
 */
export function healthRoutes(sources: HealthSources): readonly Route[] {
  const live = (): MonitoringResponse => json(200, { status: 'ok' });
  const ready = (): MonitoringResponse => {
    const { isReady, ...rest } = readiness(sources);
    return json(isReady ? 200 : 503, { status: isReady ? 'ok' : 'unavailable', ...rest });
  };
  const open = (path: string, handle: () => MonitoringResponse): Route => ({
    method: 'GET',
    path,
    access: 'open',
    handle,
  });
  return [
    open('/health', () => overview(sources)),
    open('/health/live', live),
    open('/healthz', live),
    open('/health/ready', ready),
    open('/readyz', ready),
  ];
}

function readiness({ components, models, modelsMin }: HealthSources): {
  readonly isReady: boolean;
  readonly components: readonly object[];
  readonly models: { readonly loaded: number; readonly required: number };
} {
  const all = components();
  const loaded = models();
  return {
    isReady: loaded >= modelsMin && all.every((component) => component.state !== 'down'),
    components: all.map(shown),
    models: { loaded, required: modelsMin },
  };
}

function overview(sources: HealthSources): MonitoringResponse {
  const { isReady, components, models } = readiness(sources);
  const isDegraded = sources.components().some((component) => component.state === 'degraded');
  const good = isDegraded ? 'degraded' : 'ok';
  return json(isReady ? 200 : 503, {
    status: isReady ? good : 'unavailable',
    live: true,
    ready: isReady,
    components,
    models,
    detectors: sources.detectors(),
  });
}

const shown = ({ name, state, sinceMs, reason }: ComponentHealth): object => ({
  name,
  state,
  healthy: state !== 'down',
  since: new Date(sinceMs).toISOString(),
  ...(reason === undefined ? {} : { reason }),
});
