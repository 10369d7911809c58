import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

import { CERTIFICATES } from '../notify/certificates.ts';

export type Signal = 'traces' | 'metrics' | 'logs' | 'other';

/** One request that arrived. */
export interface ProbeRequest {
  readonly path: string;
  readonly signal: Signal;
  readonly contentType: string;
  readonly encoding: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Uncompressed, without the frame of gRPC. */
  readonly body: Buffer;
  /** Name in the certificate of the client. */
  readonly client: string;
  /** Whether the client gave up before it was answered. */
  isGivenUp: boolean;
}

export interface ProbeSink {
  readonly port: number;
  readonly requests: readonly ProbeRequest[];
  close(): void;
}

export interface SinkOptions {
  readonly kind: 'http' | 'https' | 'grpc';
  /** How long an answer takes; never where it is infinite. */
  readonly answerAfterMs?: number;
}

/** gRPC: one byte for compression, four for the length. */
const FRAME_HEAD_BYTES = 5;

/** A backend that keeps all it gets, over HTTP, over TLS with certificates of clients, or over gRPC. */
export async function startProbeSink({ kind, answerAfterMs = 0 }: SinkOptions): Promise<ProbeSink> {
  const requests: ProbeRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const later = (answer: () => void): void => {
    if (Number.isFinite(answerAfterMs)) timers.add(setTimeout(answer, answerAfterMs));
  };
  const server =
    kind === 'grpc' ? grpcServer(requests, later) : httpServer(kind, { requests, later });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Later = (answer: () => void) => void;

function httpServer(
  kind: 'http' | 'https',
  { requests, later }: { readonly requests: ProbeRequest[]; readonly later: Later },
): Server {
  const hear: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const encoding = request.headers['content-encoding'] ?? '';
      const raw = Buffer.concat(chunks);
      const { socket } = request;
      const seen: ProbeRequest = {
        path: request.url ?? '',
        signal: signalOf(request.url ?? ''),
        contentType: request.headers['content-type'] ?? '',
        encoding,
        headers: request.headers,
        body: encoding === 'gzip' ? gunzipSync(raw) : raw,
        client:
          socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject?.CN ?? '') : '',
        isGivenUp: false,
      };
      requests.push(seen);
      response.once('close', () => {
        seen.isGivenUp = !response.writableEnded;
      });
      later(() => response.end());
    });
  };
  if (kind === 'http') return http.createServer(hear);
  const { ca, server } = CERTIFICATES;
  return https.createServer({ ...server, ca, requestCert: true, rejectUnauthorized: false }, hear);
}

function grpcServer(requests: ProbeRequest[], later: Later): Server {
  const server = http2.createServer();
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const frame = Buffer.concat(chunks);
      const message = frame.subarray(FRAME_HEAD_BYTES);
      const path = String(headers[':path']);
      requests.push({
        path,
        signal: signalOf(path),
        contentType: String(headers['content-type']),
        encoding: frame[0] === 1 ? 'gzip' : '',
        headers,
        body: frame[0] === 1 ? gunzipSync(message) : message,
        client: '',
        isGivenUp: false,
      });
      later(() => {
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc' },
          { waitForTrailers: true },
        );
        stream.end(Buffer.alloc(FRAME_HEAD_BYTES));
      });
    });
  });
  return server;
}

function signalOf(path: string): Signal {
  if (/trace|spans/iu.test(path)) return 'traces';
  if (/metrics/iu.test(path)) return 'metrics';
  return /logs/iu.test(path) ? 'logs' : 'other';
}
