import type { IncomingMessage, ServerResponse } from 'node:http';

import { markOwn } from '../events/own-traffic.ts';
import { answerNode } from './node-adapter.ts';
import type { Router } from './router.ts';

/** Answers what is ours and passes the rest on, for `http`, Connect and Express. */
export type MonitoringMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void;

/** The part of a Fastify instance that the plugin uses. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (
      request: { readonly raw: IncomingMessage },
      reply: { readonly raw: ServerResponse; hijack(): void },
      done: () => void,
    ) => void,
  ): unknown;
}

const OURS = /^\/(?:metrics|health|healthz|readyz|monitoring)(?:[/?]|$)/u;

const isMonitoringPath = (url: string | undefined): boolean => OURS.test(url ?? '');

/** Middleware for a server of the application's own. Without `next`, foreign paths get a 404. */
export function createMiddleware(router: Router): MonitoringMiddleware {
  return (request, response, next) => {
    if (next !== undefined && !isMonitoringPath(request.url)) return next();
    markOwn(request);
    void answerNode(router, request, response);
  };
}

/** A Fastify plugin that answers our paths before routing: `await app.register(plugin)`. */
export function createFastifyPlugin(
  router: Router,
): (instance: FastifyLike, options: unknown, done: () => void) => void {
  const plugin = (instance: FastifyLike, _options: unknown, done: () => void): void => {
    instance.addHook('onRequest', (request, reply, next) => {
      if (!isMonitoringPath(request.raw.url)) return next();
      reply.hijack();
      markOwn(request.raw);
      void answerNode(router, request.raw, reply.raw);
    });
    done();
  };
  // Fastify encapsulates plugins unless told otherwise; ours is for the whole server.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
