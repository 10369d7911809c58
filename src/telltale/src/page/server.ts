import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { reasonOf, report } from '../diagnostics.ts';
import type { PrometheusPage } from './page.ts';

const CONNECTIONS_MAX = 32;
const HEADERS_TIMEOUT_MS = 5_000;

export interface PageServer {
  close(): void;
  /** Resolves with the port once it listens, or `undefined` when it does not. */
  readonly listening: Promise<number | undefined>;
}

/**
 * Serves the page on its own server. A taken port costs one line. `exclusive`, because cluster
 * workers would otherwise share the port and answer from a random worker.
 */
export function servePage(
  page: PrometheusPage,
  address: { readonly host: string; readonly port: number },
): PageServer {
  const server = http.createServer((request, response) => {
    void answer(page, request, response);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
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

function listenReason(error: NodeJS.ErrnoException): string {
  if (error.code !== 'EADDRINUSE') return reasonOf(error);
  return 'the port is taken; set TELLTALE_MONITORING_PORT to another one, 0 or off';
}

async function answer(
  page: PrometheusPage,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== '/metrics') return end(response, 404, 'Cannot find it: the page is /metrics\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return end(response, 405, 'Cannot do that: expected GET or HEAD\n');
  }
  try {
    const { contentType, body } = await page.render(request.headers.accept ?? '');
    response.setHeader('Content-Type', contentType);
    end(response, 200, request.method === 'HEAD' ? '' : body);
  } catch (cause) {
    report('page', `Cannot collect metrics: ${reasonOf(cause)}`);
    end(response, 503, `Cannot collect metrics: ${reasonOf(cause)}\n`);
  }
}

function end(response: http.ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.end(body);
}
