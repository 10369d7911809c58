import { refuseForeignPage, refuseFormBody } from '@telltale/core';

import type { ApiKeys } from './auth.ts';
import {
  failure,
  type MonitoringRequest,
  type MonitoringResponse,
  withHeaders,
} from './message.ts';

export type RouteHandler = (
  request: MonitoringRequest,
) => MonitoringResponse | Promise<MonitoringResponse>;

/** One path and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** An exact path; with a trailing `/*` also everything below it. */
  readonly path: string;
  /** `open` routes answer without a key. */
  readonly access: 'open' | 'key';
  readonly handle: RouteHandler;
}

export interface RouterOptions {
  readonly routes: readonly Route[];
  readonly keys: ApiKeys;
  /**
   * Whether only this machine can ask. Without keys nothing that needs one is answered to the
   * outside.
   */
  readonly isLoopback: boolean;
  /** The address that our own server listens on; absent inside a server of the application's. */
  readonly bindHost?: string;
  /** Told that a route failed. */
  readonly onError?: () => void;
}

/** Names of hosts are checked for loopback listeners only. */
const ANY_HOST = '0.0.0.0';

/** Answers a request. Never rejects: what fails inside is a 500 without details. */
export type Router = (request: MonitoringRequest) => Promise<MonitoringResponse>;

export function createRouter(options: RouterOptions): Router {
  const { routes, keys, isLoopback, bindHost = ANY_HOST } = options;
  return async (request) => {
    const foreign = refuseForeignPage(request, bindHost);
    if (foreign !== undefined) return failure(foreign.status, 'foreign_page', foreign.message);
    const matching = routes.filter((route) => matches(route.path, request.path));
    if (matching.length === 0) {
      return failure(404, 'not_found', `Cannot find "${request.path.slice(0, 200)}"`);
    }
    // A HEAD is a GET whose body is not read.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = matching.find((one) => one.method === method);
    const refusal = refuse(matching, { keys, isLoopback, request });
    if (refusal !== undefined) return refusal;
    if (route === undefined) return methodNotAllowed(matching);
    const form = route.method === 'POST' ? refuseFormBody(request) : undefined;
    if (form !== undefined) return failure(form.status, 'content_type', form.message);
    try {
      const response = await route.handle(request);
      return request.method === 'HEAD' ? { ...response, body: '' } : response;
    } catch {
      options.onError?.();
      return failure(500, 'internal', 'Cannot answer: an error inside Telltale, which was counted');
    }
  };
}

/** Paths are compared as they came: anything encoded, doubled or dotted is simply another path. */
function matches(pattern: string, path: string): boolean {
  if (!pattern.endsWith('/*')) return pattern === path;
  const base = pattern.slice(0, -2);
  return path === base || path.startsWith(`${base}/`);
}

interface Gate {
  readonly keys: ApiKeys;
  readonly isLoopback: boolean;
  readonly request: MonitoringRequest;
}

/** Keys are asked for before the method is judged, so that a stranger learns nothing. */
function refuse(matching: readonly Route[], gate: Gate): MonitoringResponse | undefined {
  const { keys, isLoopback, request } = gate;
  if (matching.every((route) => route.access === 'open')) return undefined;
  if (!keys.isRequired) {
    if (isLoopback) return undefined;
    return failure(
      403,
      'key_required',
      'Cannot answer on a public address without a key: set TELLTALE_API_KEY',
    );
  }
  if (keys.opens(request)) return undefined;
  const message = 'Cannot answer without a valid X-API-Key or bearer token';
  return withHeaders(failure(401, 'unauthorized', message), { 'www-authenticate': 'Bearer' });
}

function methodNotAllowed(matching: readonly Route[]): MonitoringResponse {
  const allowed = matching.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = allowed.join(', ');
  const refusal = failure(405, 'method_not_allowed', `Method not allowed: use ${allow}`);
  return withHeaders(refusal, { allow });
}
