import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';

import type { IngestAnswer, OtlpRequest } from '../../exchange/ingest.ts';
import type { HttpHeaders } from '../../model/http-message.ts';
import { encodeExportResponse } from '../../otlp/response.ts';
import { ArrivingBodies, type ArrivingBodiesOptions } from './arriving-bodies.ts';
import type { Authenticator } from './auth.ts';
import { Connections } from './connections.ts';
import {
  FRAME_HEAD_BYTES,
  type GrpcAnswer,
  readFrame,
  readStream,
  sendAnswer,
} from './grpc-frames.ts';
import { listen, portOf } from './listen.ts';

export interface GrpcListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly authenticator: Authenticator;
  readonly nowMs: () => number;
  readonly arriving?: ArrivingBodiesOptions;
  readonly take: (request: OtlpRequest) => Promise<IngestAnswer>;
  readonly onError: (error: unknown) => void;
}

const EXPORT_METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** gRPC status codes. Of these a client sends again after 14 only. */
const STATUS = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Calls of one connection at once; the load_balancing exporter has one for each queue worker. */
const STREAMS_MAX = 64;
const CONNECTIONS_MAX = 256;

/** A connection without any call for this long is ended; clients make a new one. */
const IDLE_MS = 10 * 60_000;

/** How long a stop waits for calls that are still arriving. */
const STOP_GRACE_MS = 3_000;

/** Calls whose body is there and whose answer is not. */
const CONCURRENT_MAX = 100;

/** Unary `Export` of metrics over cleartext HTTP/2, which the load_balancing exporter speaks. */
export class GrpcListener {
  readonly #options: GrpcListenerOptions;
  readonly #server: Http2Server = createServer({
    settings: { maxConcurrentStreams: STREAMS_MAX, maxHeaderListSize: 16 * 1024 },
    maxSessionMemory: 16,
  });
  readonly #connections: Connections<ServerHttp2Session> = new Connections(CONNECTIONS_MAX);
  readonly #arriving: ArrivingBodies;
  readonly #sessions: Set<ServerHttp2Session> = new Set();
  readonly #sockets: Set<Socket> = new Set();
  #inWork = 0;

  constructor(options: GrpcListenerOptions) {
    this.#options = options;
    this.#arriving = new ArrivingBodies(options.arriving);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('session', (session) => this.#follow(session));
    this.#server.on('stream', (stream, headers) => {
      // Without a listener the reset of a client would be an uncaught error and end the process.
      stream.on('error', () => undefined);
      this.#serve(stream, headers).catch((error: unknown) => {
        options.onError(error);
        if (!stream.destroyed) stream.close();
      });
    });
    this.#server.on('sessionError', () => undefined);
  }

  get port(): number {
    return portOf(this.#server, this.#options);
  }

  start(): Promise<void> {
    return listen(this.#server, this.#options);
  }

  /** Answers the calls in work; a client that dawdles is cut off. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#endSockets(), STOP_GRACE_MS);
      this.#server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      for (const session of this.#sessions) session.close();
    });
  }

  /** A session may be over while its client keeps the socket. */
  #endSockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #follow(session: ServerHttp2Session): void {
    this.#connections.add(session);
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.setTimeout(IDLE_MS, () => session.close());
  }

  /** Path and key come first: for a client that may not export no byte is held. */
  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const session = stream.session as ServerHttp2Session;
    stream.once('close', this.#connections.begin(session));
    const refusal = this.#refusal(headers, session.socket.remoteAddress ?? '');
    sendAnswer(stream, refusal ?? (await this.#take(stream, headers)));
  }

  #refusal(headers: IncomingHttpHeaders, address: string): GrpcAnswer | undefined {
    if (headers[':path'] !== EXPORT_METRICS) {
      return { status: STATUS.unimplemented, message: 'Only metrics are accepted over gRPC' };
    }
    return this.#checkKey(headers, address);
  }

  async #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<GrpcAnswer> {
    const { bodyBytesMax } = this.#options;
    const body = await readStream(stream, bodyBytesMax + FRAME_HEAD_BYTES, this.#arriving);
    if (body.kind === 'too large') {
      const message = `Cannot accept more than ${bodyBytesMax} bytes`;
      return { status: STATUS.resourceExhausted, message };
    }
    if (body.kind === 'cut') {
      const message = `Cannot wait for a body: ${body.reason}`;
      return { status: STATUS.unavailable, message };
    }
    if (this.#inWork >= CONCURRENT_MAX) {
      const message = `Cannot take more than ${CONCURRENT_MAX} requests at once`;
      return { status: STATUS.unavailable, message };
    }
    this.#inWork += 1;
    try {
      return await this.#answer(body.bytes, headers);
    } finally {
      this.#inWork -= 1;
    }
  }

  async #answer(body: Buffer, headers: IncomingHttpHeaders): Promise<GrpcAnswer> {
    const frame = readFrame(body);
    if (frame === undefined) {
      return { status: STATUS.invalidArgument, message: 'Cannot read the gRPC frame' };
    }
    const encoding = headers['grpc-encoding'] ?? 'identity';
    if (frame.isCompressed && encoding !== 'gzip') {
      return { status: STATUS.unimplemented, message: 'Cannot read this grpc-encoding: use gzip' };
    }
    const request = {
      body: frame.message,
      encoding: 'protobuf',
      isGzip: frame.isCompressed,
    } as const;
    return wordAnswer(await this.#options.take(request));
  }

  #checkKey(headers: IncomingHttpHeaders, address: string): GrpcAnswer | undefined {
    const { authenticator, nowMs } = this.#options;
    const known: HttpHeaders = {
      ...(typeof headers['x-api-key'] === 'string' ? { 'x-api-key': headers['x-api-key'] } : {}),
      ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    };
    const auth = authenticator.check('ingest', known, { address, nowMs: nowMs() });
    if (auth.kind === 'allowed') return undefined;
    if (auth.kind === 'throttled') {
      // The one status after which exporters try again, as they do after HTTP 429.
      return { status: STATUS.unavailable, message: 'Too many wrong API keys' };
    }
    const status = auth.status === 401 ? STATUS.unauthenticated : STATUS.permissionDenied;
    return { status, message: auth.message };
  }
}

function wordAnswer(answer: IngestAnswer): GrpcAnswer {
  switch (answer.kind) {
    case 'accepted': {
      const { rejectedPoints: rejected, message } = answer;
      const body = encodeExportResponse('metrics', { rejected, message }, 'protobuf');
      return { status: STATUS.ok, body };
    }
    case 'malformed':
      return { status: STATUS.invalidArgument, message: answer.message };
    case 'too large':
      return { status: STATUS.resourceExhausted, message: answer.message };
    case 'unavailable':
      return { status: STATUS.unavailable, message: answer.message };
  }
}
