import { EventEmitter } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { reasonOf } from '../diagnostics.ts';
import { markOwn } from '../events/own-traffic.ts';
import { answerNode } from './node-adapter.ts';
import type { Router } from './router.ts';

const CONNECTIONS_MAX = 32;
const HEADERS_TIMEOUT_MS = 5_000;
/** How often Node.js looks for connections beyond their time; its default of 30 s is the time itself. */
const CHECK_INTERVAL_MS = 1_000;
/**
 * Longer than the intervals that scrapers usually have, 15 s to one minute: a connection that ends
 * in the moment of the next scrape costs that scrape.
 */
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

const plainEmit: unknown = Reflect.get(EventEmitter.prototype, 'emit');

/** Why a server does not listen. */
export interface NotListening {
  readonly reason: string;
  /** Whether another process has the port. */
  readonly isTaken: boolean;
}

export interface MonitoringServer {
  close(): void;
  /** Resolves with the port once it listens, or with why it does not. */
  readonly listening: Promise<number | NotListening>;
}

/**
 * Serves the monitoring endpoints on their own server. `exclusive`, because cluster workers would
 * otherwise share the port and answer from a random worker.
 */
export function serveMonitoring(
  router: Router,
  address: { readonly host: string; readonly port: number },
): MonitoringServer {
  const options = { connectionsCheckingInterval: CHECK_INTERVAL_MS };
  const server = http.createServer(options, (request, response) => {
    void answerNode(router, request, response);
  });
  // HTTP instrumentations patch the `emit` of the prototype. Scrapes are no traffic of the
  // application, so this server has the one of Node.js and no spans are made of its requests.
  Object.defineProperty(server, 'emit', { value: plainEmit, writable: true, configurable: true });
  markOwn(server);
  limitConnections(server);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.unref();
  const listening = new Promise<number | NotListening>((resolve) => {
    server.once('listening', () => resolve((server.address() as AddressInfo).port));
    server.on('error', (error: NodeJS.ErrnoException) => resolve(notListening(error)));
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

/**
 * Keeps room for who asks: beyond the limit the connection that is idle for longest ends, or the new
 * one where none is idle. Connections that say nothing would otherwise shut everybody out.
 */
function limitConnections(server: http.Server): void {
  const idle = new Set<Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    // A scraper keeps its connection open; that must not keep an application that is done.
    socket.unref();
    open += 1;
    if (open > CONNECTIONS_MAX) ([...idle][0] ?? socket).destroy();
    idle.add(socket);
    socket.once('close', () => {
      open -= 1;
      idle.delete(socket);
    });
  });
  server.on('request', ({ socket }: http.IncomingMessage, response: http.ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}

function notListening(error: NodeJS.ErrnoException): NotListening {
  if (error.code !== 'EADDRINUSE') return { reason: reasonOf(error), isTaken: false };
  const reason = 'the port is taken; set TELLTALE_MONITORING_PORT to another one, 0 or off';
  return { reason, isTaken: true };
}
