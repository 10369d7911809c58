import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';

import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_HTTP_SERVER_REQUEST_DURATION,
  ATTR_URL_PATH,
  ATTR_USER_AGENT_ORIGINAL,
  EVENT_REQUEST,
  sharedState,
} from '@telltale/core';

import { countError } from '../self-metrics.ts';
import { emitEvent } from './emit-event.ts';
import { isOwn } from './own-traffic.ts';
import { rememberRouteHolder, routeOf, watchRoutes } from './request-routes.ts';

const TEXT_LENGTH_MAX = 256;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

interface Seen {
  startMs: number;
  context: Context;
}

/** One map a process: the hook and the channels may live in two copies of this module. */
const requests: WeakMap<object, Seen> = sharedState('telltale.requests-seen', () => new WeakMap());

function seen(request: object): Seen {
  let found = requests.get(request);
  if (found === undefined) {
    found = { startMs: performance.now(), context: ROOT_CONTEXT };
    requests.set(request, found);
  }
  return found;
}

/** A hook for HTTP instrumentation: the span of a request gives its event the trace. */
export function rememberRequestSpan(span: Span, request: object): void {
  if (request instanceof IncomingMessage) {
    seen(request).context = trace.setSpan(ROOT_CONTEXT, span);
    rememberRouteHolder(request);
  }
}

/**
 * Emits `ml.request` for every HTTP request that any server of the process answers. Node.js tells
 * by itself of requests and answers, so this needs no patch and works for every framework.
 */
export function watchRequests(): void {
  watchRoutes();
  sharedState('telltale.request-events', () => {
    subscribe(
      'http.server.request.start',
      guardedListener(({ request }) => void seen(request)),
    );
    subscribe('http.server.response.finish', guardedListener(emitRequest));
    return true;
  });
}

/** What throws in a listener of a channel ends the process, so nothing does. */
function guardedListener(listener: (exchange: Exchange) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(message as Exchange);
    } catch {
      countError('events', 'request');
    }
  };
}

function emitRequest({ request, response, server }: Exchange): void {
  if (isOwn(server) || isOwn(request)) return;
  const { startMs, context } = seen(request);
  const route = routeOf(request);
  const { statusCode } = response;
  const seconds = (performance.now() - startMs) / 1_000;
  const method = request.method ?? 'GET';
  const path = (request.url ?? '/').split('?', 1)[0]?.slice(0, TEXT_LENGTH_MAX) ?? '/';
  const agent = request.headers['user-agent']?.slice(0, TEXT_LENGTH_MAX);
  emitEvent(EVENT_REQUEST, {
    message: `${method} ${route ?? path} ${statusCode} ${(seconds * 1_000).toFixed(1)} ms`,
    severityNumber: severityOf(statusCode),
    context,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD.name]: method,
      ...(route === undefined ? { [ATTR_URL_PATH.name]: path } : { [ATTR_HTTP_ROUTE.name]: route }),
      [ATTR_HTTP_RESPONSE_STATUS_CODE.name]: statusCode,
      [ATTR_HTTP_SERVER_REQUEST_DURATION.name]: seconds,
      ...(agent === undefined ? {} : { [ATTR_USER_AGENT_ORIGINAL.name]: agent }),
    },
  });
}

function severityOf(status: number): number {
  if (status >= SERVER_ERROR) return 17;
  return status >= CLIENT_ERROR ? 13 : 9;
}
