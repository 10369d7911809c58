import {
  createServer,
  type IncomingMessage,
  type ServerResponse as NodeResponse,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { isHostAllowed } from '@telltale/core';

import type { HttpHeaders } from '../model/http-message.ts';

import type { Authenticator } from './auth.ts';
import { readBody } from './body.ts';
import type { Refusal, RefusalFormat, RequestLine, Route, ServerResponse } from './message.ts';
import { Router } from './router.ts';
import { sendResponse } from './send-response.ts';

export interface HttpListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly refusalFormat: RefusalFormat;
  readonly authenticator: Authenticator;
  readonly nowMs: () => number;
  /** Requests in work at once; more are told to come back. */
  readonly concurrentMax: number;
  /** Told about an error in a handler, which is a bug of ours. */
  readonly onHandlerError: (error: unknown, line: RequestLine) => void;
  /** Told about each answer. */
  readonly onAnswer?: (route: string, status: number) => void;
}

/** Body limit of routes that name none. */
const BODY_BYTES_MAX_DEFAULT = 1024 * 1024;

/** How long a client may take for its headers and for its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTIONS_MAX = 1024;

/** How long a stop waits for requests that are still arriving. */
const STOP_GRACE_MS = 3_000;

/** One listening socket: limits, keys and routes in front of handlers that know no sockets. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #router: Router;
  readonly #server: Server;
  #inWork = 0;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#router = new Router(options.routes);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        options.onHandlerError(error, lineOf(request));
        response.destroy();
      });
    });
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** The port, which differs from the option when that is 0. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  start(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Answers what is in work and takes nothing new; a client that dawdles is cut off. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS);
      this.#server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: NodeResponse): Promise<void> {
    const line = lineOf(request);
    const match = this.#router.match(request.method ?? 'GET', line.path);
    const routeName = match.kind === 'route' ? match.route.path : 'none';
    this.#inWork += 1;
    try {
      const answer = await this.#answer(request, { line, match, signal: goneSignal(response) });
      if (answer === undefined) return;
      this.#options.onAnswer?.(routeName, answer.status);
      await sendResponse(request, response, answer);
    } finally {
      this.#inWork -= 1;
    }
  }

  /** `undefined` when the client went away. */
  async #answer(
    request: IncomingMessage,
    { line, match, signal }: Asked,
  ): Promise<ServerResponse | undefined> {
    const refuse = (refusal: Refusal): ServerResponse => this.#options.refusalFormat(refusal, line);
    const admitted = this.#admit(request, line, match);
    if ('status' in admitted) return refuse(admitted);
    const { route, params, actor } = admitted;
    const body = await readBody(request, route.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT);
    if (body.kind === 'aborted') return undefined;
    if (body.kind === 'too large') {
      const limit = route.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT;
      return refuse({ status: 413, message: `Cannot accept a body of more than ${limit} bytes` });
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    try {
      const query = url.searchParams;
      const { method = 'GET' } = request;
      return await route.handle({
        ...line,
        method,
        query,
        params,
        actor,
        body: body.bytes,
        signal,
      });
    } catch (error) {
      this.#options.onHandlerError(error, line);
      // 503 rather than 500: an OTel Collector drops what is answered 500.
      return refuse({ status: 503, message: 'Cannot answer: internal error', headers: RETRY_SOON });
    }
  }

  #admit(
    request: IncomingMessage,
    line: RequestLine,
    match: ReturnType<Router['match']>,
  ): Refusal | { route: Route; params: Record<string, string>; actor: string } {
    const { host, concurrentMax, authenticator, nowMs } = this.#options;
    if (!isHostAllowed(line.headers['host'], host)) {
      return { status: 403, message: 'Cannot answer to this Host header on a loopback listener' };
    }
    if (match.kind === 'not found') return { status: 404, message: `No such path: ${line.path}` };
    if (match.kind === 'wrong method') {
      const message = `Cannot ${request.method ?? 'GET'} this path: use ${match.allow}`;
      return { status: 405, message, headers: { allow: match.allow } };
    }
    if (this.#inWork > concurrentMax) {
      const message = `Cannot take more than ${concurrentMax} requests at once`;
      return { status: 503, message, headers: RETRY_SOON };
    }
    const address = request.socket.remoteAddress ?? '';
    const auth = authenticator.check(match.route.scope, line.headers, { address, nowMs: nowMs() });
    if (auth.kind === 'allowed') return { ...match, actor: auth.actor };
    if (auth.kind === 'refused') {
      const headers: HttpHeaders = auth.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return { status: auth.status, message: auth.message, headers };
    }
    return {
      status: 429,
      message: 'Cannot accept the request: too many wrong API keys from this address',
      headers: { 'retry-after': String(auth.retryAfterSeconds) },
    };
  }
}

interface Asked {
  readonly line: RequestLine;
  readonly match: ReturnType<Router['match']>;
  readonly signal: AbortSignal;
}

/** Aborted when the connection ends in front of the answer. */
function goneSignal(response: NodeResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

const RETRY_SOON: HttpHeaders = { 'retry-after': '1' };

function lineOf(request: IncomingMessage): RequestLine {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { path, headers };
}
