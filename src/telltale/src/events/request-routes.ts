import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import { context } from '@opentelemetry/api';
import { getRPCMetadata, type RPCMetadata } from '@opentelemetry/core';

import { sharedState } from '@telltale/core';

import { countError } from '../self-metrics.ts';

interface Routed {
  /** Where HTTP instrumentation looks for a route when it ends the span of the request. */
  metadata: RPCMetadata | undefined;
  route: string | undefined;
}

/** One map a process: the hook and the channels may live in two copies of this module. */
const requests: WeakMap<object, Routed> = sharedState('telltale.request-routes', () => {
  return new WeakMap();
});

function routed(request: object): Routed {
  let found = requests.get(request);
  if (found === undefined) {
    found = { metadata: undefined, route: undefined };
    requests.set(request, found);
  }
  return found;
}

/** To be called in the context of a request that HTTP instrumentation just made a span for. */
export function rememberRouteHolder(request: IncomingMessage): void {
  routed(request).metadata = getRPCMetadata(context.active());
}

/** The route that answered a request, such as `/models/:name`, as far as its framework tells. */
export const routeOf = (request: IncomingMessage): string | undefined =>
  requests.get(request)?.route ?? expressRoute(request);

/**
 * Gives the route to the span and the metrics of HTTP instrumentation: `POST /predict` in place of
 * `POST`. Fastify tells it by itself, Express leaves it on the request, so this needs no patch.
 * What an instrumentation of the framework said already stays.
 */
export function watchRoutes(): void {
  sharedState('telltale.request-route-channels', () => {
    subscribe('tracing:fastify.request.handler:start', (message) => {
      attempt(() => {
        const { request, route } = message as FastifyMessage;
        if (request?.raw === undefined || typeof route?.url !== 'string') return;
        routed(request.raw).route = route.url;
        giveRoute(request.raw, route.url);
      });
    });
    // Before the span ends, which it does when the connection is done with the answer.
    subscribe('http.server.response.finish', (message) => {
      attempt(() => {
        const { request } = message as { readonly request: IncomingMessage };
        giveRoute(request, routeOf(request));
      });
    });
    return true;
  });
}

/** What Fastify 5 tells; every field is looked for, because other versions may tell less. */
interface FastifyMessage {
  readonly request?: { readonly raw?: object };
  readonly route?: { readonly url?: unknown };
}

function giveRoute(request: object, route: string | undefined): void {
  const metadata = requests.get(request)?.metadata;
  if (metadata !== undefined && route !== undefined) metadata.route ??= route;
}

/** Express leaves the route on the request itself. */
function expressRoute(request: IncomingMessage): string | undefined {
  const { route, baseUrl = '' } = request as { route?: { path?: unknown }; baseUrl?: string };
  return typeof route?.path === 'string' ? `${baseUrl}${route.path}` : undefined;
}

/** What throws in a listener of a channel ends the process, so nothing does. */
function attempt(listener: () => void): void {
  try {
    listener();
  } catch {
    countError('events', 'route');
  }
}
