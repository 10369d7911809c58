import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

import type { HttpHeaders } from '../model/http-message.ts';

import type { IngestAnswer, OtlpRequest } from '../exchange/ingest.ts';
import { encodeExportResponse } from '../otlp/response.ts';
import type { Authenticator } from './auth.ts';

export interface GrpcListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly authenticator: Authenticator;
  readonly nowMs: () => number;
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

/** u8 compressed, u32 length. */
const FRAME_HEAD_BYTES = 5;

interface GrpcAnswer {
  readonly status: number;
  readonly message?: string;
  readonly body?: Uint8Array;
}

/** Unary `Export` of metrics over cleartext HTTP/2, which the load_balancing exporter speaks. */
export class GrpcListener {
  readonly #options: GrpcListenerOptions;
  readonly #server: Http2Server = createServer();

  constructor(options: GrpcListenerOptions) {
    this.#options = options;
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      this.#serve(stream, headers).catch((error: unknown) => {
        options.onError(error);
        if (!stream.destroyed) stream.close();
      });
    });
    this.#server.on('sessionError', () => undefined);
  }

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

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const body = await readStream(stream, this.#options.bodyBytesMax + FRAME_HEAD_BYTES);
    const answer =
      body === undefined
        ? {
            status: STATUS.resourceExhausted,
            message: `Cannot accept more than ${this.#options.bodyBytesMax} bytes`,
          }
        : await this.#answer(body, headers);
    send(stream, answer);
  }

  async #answer(body: Buffer, headers: IncomingHttpHeaders): Promise<GrpcAnswer> {
    if (headers[':path'] !== EXPORT_METRICS) {
      return { status: STATUS.unimplemented, message: 'Only metrics are accepted over gRPC' };
    }
    const refusal = this.#checkKey(headers);
    if (refusal !== undefined) return refusal;
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

  #checkKey(headers: IncomingHttpHeaders): GrpcAnswer | undefined {
    const { authenticator, nowMs } = this.#options;
    const known: HttpHeaders = {
      ...(typeof headers['x-api-key'] === 'string' ? { 'x-api-key': headers['x-api-key'] } : {}),
      ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    };
    const auth = authenticator.check('ingest', known, { address: 'grpc', nowMs: nowMs() });
    if (auth.kind === 'allowed') return undefined;
    if (auth.kind === 'throttled') {
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

/** `undefined` when the body is over the limit; reading stops there. */
function readStream(stream: ServerHttp2Stream, bytesMax: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > bytesMax) {
        chunks.length = 0;
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('close', () => reject(new Error('The client went away')));
  });
}

function readFrame(body: Buffer): { isCompressed: boolean; message: Buffer } | undefined {
  if (body.length < FRAME_HEAD_BYTES) return undefined;
  const length = body.readUInt32BE(1);
  if (length !== body.length - FRAME_HEAD_BYTES) return undefined;
  return { isCompressed: body.readUInt8(0) === 1, message: body.subarray(FRAME_HEAD_BYTES) };
}

function send(stream: ServerHttp2Stream, { status, message, body }: GrpcAnswer): void {
  if (stream.destroyed) return;
  const trailers = {
    'grpc-status': String(status),
    ...(message === undefined ? {} : { 'grpc-message': encodeURIComponent(message) }),
  };
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  if (body === undefined) {
    stream.respond({ ...headers, ...trailers }, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([head, body]));
}
