import {
  createServer,
  type IncomingMessage,
  type ServerResponse as NodeResponse,
  type Server,
} from 'node:http';
import type { Socket } from 'node:net';

import { type IncomingRequest, refuseForeignPage, refuseFormBody } from '@telltale/core';

import type { HttpHeaders } from '../../model/http-message.ts';
import type {
  Refusal,
  RefusalFormat,
  RequestLine,
  Route,
  ServerRequest,
  ServerResponse,
} from '../message.ts';
import { ArrivingBodies, type ArrivingBodiesOptions } from './arriving-bodies.ts';
import type { Authenticator } from './auth.ts';
import { type BodyResult, hasBody, readBody } from './body.ts';
import { Connections } from './connections.ts';
import { listen, portOf } from './listen.ts';
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
  readonly connectionsMax?: number;
  readonly arriving?: ArrivingBodiesOptions;
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

/**
 * How long a connection is kept for the next request. After a while without processor time, Node
 * ends connections whose time is over before it looks at what has arrived on them, and the sender's
 * request is answered by a reset. So it is longer than such a while and than most export intervals;
 * what is idle for longest goes anyway when there are too many.
 */
const KEEP_ALIVE_MS = 120_000;

/** How long a stop waits for requests that are still arriving. */
const STOP_GRACE_MS = 3_000;

/** One listening socket: limits, keys and routes in front of handlers that know no sockets. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #router: Router;
  readonly #server: Server;
  readonly #connections: Connections<Socket>;
  readonly #arriving: ArrivingBodies;
  /** Requests whose body is there and whose answer is not. */
  #inWork = 0;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#router = new Router(options.routes);
    this.#connections = new Connections(options.connectionsMax ?? CONNECTIONS_MAX);
    this.#arriving = new ArrivingBodies(options.arriving);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        options.onHandlerError(error, lineOf(request));
        response.destroy();
      });
    });
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server.on('connection', (socket) => this.#connections.add(socket));
  }

  /** The port, which differs from the option when that is 0. */
  get port(): number {
    return portOf(this.#server, this.#options);
  }

  start(): Promise<void> {
    return listen(this.#server, this.#options);
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
    const end = this.#connections.begin(request.socket);
    try {
      const answer = await this.#answer(request, { line, match, signal: goneSignal(response) });
      if (answer === undefined) return;
      this.#options.onAnswer?.(routeName, answer.status);
      await sendResponse(request, response, answer);
    } finally {
      end();
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
    const { route } = admitted;
    const bytesMax = route.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT;
    const body = await readBody(request, bytesMax, this.#arriving);
    if (body.kind === 'aborted') return undefined;
    if (body.kind !== 'body') return refuse(bodyRefusal(body, bytesMax));
    // Asked when the body is there: a client that sends slowly takes no place of those that are ready.
    const { concurrentMax } = this.#options;
    if (this.#inWork >= concurrentMax && route.isVital !== true) {
      const message = `Cannot take more than ${concurrentMax} requests at once`;
      return refuse({ status: 503, message, headers: RETRY_SOON });
    }
    // Only the query is read of it, so any host does.
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { method = 'GET' } = request;
    const whole = { ...line, method, query: url.searchParams, body: body.bytes, signal };
    return this.#handle(route, { ...admitted, ...whole }, refuse);
  }

  async #handle(
    route: Route,
    request: ServerRequest,
    refuse: (refusal: Refusal) => ServerResponse,
  ): Promise<ServerResponse> {
    this.#inWork += 1;
    try {
      return await route.handle(request);
    } catch (error) {
      this.#options.onHandlerError(error, request);
      // 503 rather than 500: an OTel Collector drops what is answered 500.
      return refuse({ status: 503, message: 'Cannot answer: internal error', headers: RETRY_SOON });
    } finally {
      this.#inWork -= 1;
    }
  }

  #admit(
    request: IncomingMessage,
    line: RequestLine,
    match: ReturnType<Router['match']>,
  ): Refusal | { route: Route; params: Record<string, string>; actor: string } {
    const { host, authenticator, nowMs } = this.#options;
    const { method = 'GET' } = request;
    const incoming = { method, headers: line.headers };
    const foreign = refuseForeignPage(incoming, host);
    if (foreign !== undefined) return foreign;
    if (match.kind === 'not found') return { status: 404, message: `No such path: ${line.path}` };
    if (match.kind === 'wrong method') {
      const message = `Cannot ${method} this path: use ${match.allow}`;
      return { status: 405, message, headers: { allow: match.allow } };
    }
    const address = request.socket.remoteAddress ?? '';
    const auth = authenticator.check(match.route.scope, line.headers, { address, nowMs: nowMs() });
    if (auth.kind === 'allowed') {
      const shape = shapeRefusal(match.route, request, incoming);
      return shape ?? { ...match, actor: auth.actor };
    }
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

/** A body where none belongs, or one that a form of a web page could have sent. */
function shapeRefusal(
  { method, scope }: Route,
  request: IncomingMessage,
  incoming: IncomingRequest,
): Refusal | undefined {
  if (method === 'GET' && hasBody(request)) {
    return { status: 400, message: `Cannot accept a body with ${incoming.method}: send none` };
  }
  return scope === 'write' || scope === 'admin' ? refuseFormBody(incoming) : undefined;
}

function bodyRefusal(
  body: Exclude<BodyResult, { kind: 'body' | 'aborted' }>,
  bytesMax: number,
): Refusal {
  if (body.kind === 'too large') {
    return { status: 413, message: `Cannot accept a body of more than ${bytesMax} bytes` };
  }
  if (body.reason === 'too slow') {
    return { status: 408, message: 'Cannot wait for a body that comes so slowly' };
  }
  const message = 'Cannot take more bodies at once';
  return { status: 503, message, headers: RETRY_SOON };
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
