import { EventEmitter } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { reasonOf, report } from '../diagnostics.ts';
import { answerNode } from './node-adapter.ts';
import { markOwn } from './own-traffic.ts';
import type { Router } from './router.ts';

const CONNECTIONS_MAX = 32;
const HEADERS_TIMEOUT_MS = 5_000;
/** A scraper asks once a minute or so; longer idle connections only take the place of others. */
const KEEP_ALIVE_TIMEOUT_MS = 30_000;

const plainEmit: unknown = Reflect.get(EventEmitter.prototype, 'emit');

export interface MonitoringServer {
  close(): void;
  /** Resolves with the port once it listens, or `undefined` when it does not. */
  readonly listening: Promise<number | undefined>;
}

/**
 * Serves the monitoring endpoints on their own server. A taken port costs one line. `exclusive`,
 * because cluster workers would otherwise share the port and answer from a random worker.
 */
export function serveMonitoring(
  router: Router,
  address: { readonly host: string; readonly port: number },
): MonitoringServer {
  const server = http.createServer((request, response) => {
    void answerNode(router, request, response);
  });
  // HTTP instrumentations patch the `emit` of the prototype. Scrapes are no traffic of the
  // application, so this server has the one of Node.js and nobody makes spans of its requests.
  Object.defineProperty(server, 'emit', { value: plainEmit, writable: true, configurable: true });
  markOwn(server);
  server.maxConnections = CONNECTIONS_MAX;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.unref();
  // A scraper keeps its connection open; that must not keep an application that is done.
  server.on('connection', (socket) => socket.unref());
  const listening = new Promise<number | undefined>((resolve) => {
    server.once('listening', () => resolve((server.address() as AddressInfo).port));
    server.on('error', (error: NodeJS.ErrnoException) => {
      const place = `${address.host}:${address.port}`;
      report('page', `Cannot serve metrics on ${place}: ${listenReason(error)}`);
      resolve(undefined);
    });
  });
  server.listen({ ...address, exclusive: true });
  return {
    listening,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);

function listenReason(error: NodeJS.ErrnoException): string {
  if (error.code !== 'EADDRINUSE') return reasonOf(error);
  return 'the port is taken; set TELLTALE_MONITORING_PORT to another one, 0 or off';
}
