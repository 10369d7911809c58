import type { StreamKey } from '@telltale/statistics';

import type { FleetCounters, FleetStatus, FleetStreamStatus } from '../../drift/fleet-status.ts';
import type { BaselineAnswer, BaselineRefusal, StoredBaseline } from '../../exchange/baselines.ts';
import { jsonResponse, type Route, type ServerRequest, type ServerResponse } from '../message.ts';

export interface DriftApi {
  readonly bodyBytesMax: number;
  status(): Promise<FleetStatus>;
  counters(): FleetCounters;
  /** Begins new windows. @returns of how many streams */
  reset(isWanted: (key: StreamKey) => boolean): number;
  baselines(): readonly StoredBaseline[];
  baseline(
    key: StreamKey,
  ): { readonly ok: true; readonly id: string; readonly document: string } | BaselineRefusal;
  put(key: StreamKey, text: string, actor: string): BaselineAnswer;
  upload(key: StreamKey, text: string, instance: string): BaselineAnswer;
  build(key: StreamKey, from: 'samples' | 'histogram', actor: string): BaselineAnswer;
}

/** A model without a version leaves its part of the path empty. */
const BASELINE_PATHS = [
  '/monitoring/drift/baselines/:model/:version/:stream',
  '/monitoring/drift/baselines/:model//:stream',
];

/** Drift of the fleet, and the baselines that instances share. */
export function driftRoutes(api: DriftApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/drift',
      scope: 'read',
      handle: (request) => status(api, request),
    },
    {
      method: 'POST',
      path: '/monitoring/drift/reset',
      scope: 'write',
      handle: (request) => reset(api, request),
    },
    {
      method: 'GET',
      path: '/monitoring/drift/baselines',
      scope: 'read',
      handle: () => jsonResponse(200, { baselines: api.baselines().map(baselineJson) }),
    },
    ...BASELINE_PATHS.flatMap((path): Route[] => [
      {
        method: 'PUT',
        path,
        scope: 'write',
        bodyBytesMax: api.bodyBytesMax,
        handle: (request) => putBaseline(api, request),
      },
      {
        method: 'POST',
        path: `${path}/build`,
        scope: 'write',
        handle: (request) => build(api, request),
      },
    ]),
    ...instanceDriftRoutes(api),
  ];
}

/** What instances ask for: they know the address that they export to. */
export function instanceDriftRoutes(api: DriftApi): Route[] {
  return BASELINE_PATHS.flatMap((path): Route[] => [
    { method: 'GET', path, scope: 'read', handle: (request) => getBaseline(api, request) },
    {
      method: 'POST',
      path: `${path}/samples`,
      scope: 'ingest',
      bodyBytesMax: api.bodyBytesMax,
      handle: (request) => uploadSamples(api, request),
    },
  ]);
}

async function status(api: DriftApi, { query }: ServerRequest): Promise<ServerResponse> {
  const { timeMs, windowMs, streams } = await api.status();
  const isWanted = selectorOf({
    model: query.get('model'),
    version: query.get('version'),
    feature: query.get('feature') ?? query.get('stream'),
  });
  const state = query.get('state');
  const found = streams.filter(
    (each) => isWanted(each.stream) && (state === null || each.state === state),
  );
  return jsonResponse(200, {
    time: new Date(timeMs).toISOString(),
    windowSeconds: windowMs / 1000,
    points: api.counters(),
    streams: found.map(streamJson),
  });
}

function streamJson({ stream, ...rest }: FleetStreamStatus): object {
  return { stream: keyJson(stream), ...rest };
}

const keyJson = ({ model, version, name, direction, segment, season }: StreamKey): object => ({
  model,
  version,
  name,
  direction,
  segment: segment ?? null,
  season: season ?? null,
});

function baselineJson({ key, createdMs, storedMs, ...rest }: StoredBaseline): object {
  return {
    ...rest,
    stream: keyJson(key),
    createdAt: new Date(createdMs).toISOString(),
    storedAt: new Date(storedMs).toISOString(),
  };
}

/** Which streams a request is about; what is `null` or absent is any. */
function selectorOf(wanted: {
  readonly model?: unknown;
  readonly version?: unknown;
  readonly feature?: unknown;
}): (key: StreamKey) => boolean {
  const is = (value: unknown, found: string): boolean => (value ?? found) === found;
  return ({ model, version, name }) =>
    is(wanted.model, model) && is(wanted.version, version) && is(wanted.feature, name);
}

function reset(api: DriftApi, { body }: ServerRequest): ServerResponse {
  const wanted = objectOf(body);
  if (wanted === undefined) return problem(400, 'Cannot reset: the body must be a JSON object');
  const names = ['model', 'version', 'feature'].filter((name) => wanted[name] !== undefined);
  if (names.length === 0 && wanted['all'] !== true) {
    const message = 'Cannot reset: name a model, version or feature, or set all to true';
    return problem(400, message);
  }
  if (names.some((name) => typeof wanted[name] !== 'string')) {
    return problem(400, 'Cannot reset: model, version and feature must be texts');
  }
  return jsonResponse(202, { streams: api.reset(selectorOf(wanted)) });
}

function getBaseline(api: DriftApi, request: ServerRequest): ServerResponse {
  const key = keyOf(request);
  if ('status' in key) return key;
  const found = api.baseline(key);
  if (!found.ok) return problem(found.status, found.message);
  const etag = `"${found.id}"`;
  const headers = { etag, 'cache-control': 'no-cache' };
  if (isKnown(request.headers['if-none-match'], etag)) return { status: 304, headers };
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers: { ...headers, ...type }, body: found.document };
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//u, '')));

function putBaseline(api: DriftApi, request: ServerRequest): ServerResponse {
  const key = keyOf(request);
  if ('status' in key) return key;
  return answer(api.put(key, textOf(request), request.actor));
}

function uploadSamples(api: DriftApi, request: ServerRequest): ServerResponse {
  const key = keyOf(request);
  if ('status' in key) return key;
  return answer(api.upload(key, textOf(request), request.query.get('instance') ?? ''));
}

function build(api: DriftApi, request: ServerRequest): ServerResponse {
  const key = keyOf(request);
  if ('status' in key) return key;
  const from = request.body.byteLength === 0 ? 'samples' : objectOf(request.body)?.['from'];
  if (from !== 'samples' && from !== 'histogram') {
    return problem(400, 'Cannot build: from must be "samples" or "histogram"');
  }
  return answer(api.build(key, from, request.actor));
}

function keyOf({ params, query }: ServerRequest): StreamKey | ServerResponse {
  const { model = '', version = '', stream = '' } = params;
  const direction = query.get('direction') ?? 'output';
  if (direction !== 'input' && direction !== 'output') {
    return problem(
      400,
      `Cannot answer: direction must be input or output: current value is "${direction}"`,
    );
  }
  const named = (name: 'segment' | 'season'): Record<string, string> => {
    const value = query.get(name) ?? '';
    return value === '' ? {} : { [name]: value };
  };
  return { model, version, name: stream, direction, ...named('segment'), ...named('season') };
}

const textOf = ({ body }: ServerRequest): string => new TextDecoder().decode(body);

function objectOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function answer(result: BaselineAnswer): ServerResponse {
  return result.ok ? jsonResponse(200, { id: result.id }) : problem(result.status, result.message);
}

const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'BASELINE_INVALID',
};

function problem(status: number, message: string): ServerResponse {
  return jsonResponse(status, { error: { code: CODES[status] ?? 'BAD_REQUEST', message } });
}
