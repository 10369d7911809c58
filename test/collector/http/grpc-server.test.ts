import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, expect, test } from 'vitest';

import { digestKey } from '../../../collector/src/exchange/api-key.ts';
import type { IngestAnswer, OtlpRequest } from '../../../collector/src/exchange/ingest.ts';
import { DEFAULT_ARRIVING_BODIES } from '../../../collector/src/http/server/arriving-bodies.ts';
import { Authenticator } from '../../../collector/src/http/server/auth.ts';
import {
  GrpcListener,
  type GrpcListenerOptions,
} from '../../../collector/src/http/server/grpc-server.ts';
import { otlpType } from '../../support/otlp/otlp-proto.ts';

const PATH = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const ACCEPTED: IngestAnswer = { kind: 'accepted', rejectedPoints: 0, message: '' };

let listener: GrpcListener | undefined;
let taken: OtlpRequest[] = [];

afterEach(async () => {
  await listener?.stop();
  taken = [];
});

async function start(answer: IngestAnswer = ACCEPTED, keys: string[] = []): Promise<void> {
  listener = newListener({}, answer, keys);
  await listener.start();
}

function newListener(
  changes: Partial<GrpcListenerOptions>,
  answer: IngestAnswer = ACCEPTED,
  keys: string[] = [],
): GrpcListener {
  return new GrpcListener({
    host: '127.0.0.1',
    port: 0,
    bodyBytesMax: 1000,
    authenticator: new Authenticator(
      keys.map((key) => ({ name: key, digest: digestKey(key), scopes: ['ingest'] })),
    ),
    nowMs: () => 0,
    take: (request) => {
      taken.push(request);
      return Promise.resolve(answer);
    },
    onError: () => undefined,
    ...changes,
  });
}

function frame(message: Buffer, isCompressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** One unary call; gives the status and the bytes of the answer. */
function call(
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: string; body: Buffer }> {
  const session = connect(`http://127.0.0.1:${listener?.port}`);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const chunks: Buffer[] = [];
    let status = '';
    stream.on('response', (head) => (status = String(head['grpc-status'] ?? status)));
    stream.on('trailers', (trailers) => (status = String(trailers['grpc-status'] ?? status)));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', reject);
    stream.once('close', () => {
      session.close();
      resolve({ status, body: Buffer.concat(chunks) });
    });
    stream.end(body);
  });
}

test('GrpcListener takes plain and gzip messages', async () => {
  await start();
  const message = Buffer.from('otlp');
  const plain = await call(frame(message));
  expect(plain).toEqual({ status: '0', body: frame(Buffer.alloc(0)) });
  const packed = gzipSync(message);
  expect((await call(frame(packed, true), { 'grpc-encoding': 'gzip' })).status).toBe('0');
  expect(taken.map(({ body, isGzip }) => [Buffer.from(body), isGzip])).toEqual([
    [message, false],
    [packed, true],
  ]);
});

test('GrpcListener tells of a partial success', async () => {
  await start({ kind: 'accepted', rejectedPoints: 2, message: 'late' });
  const { status, body } = await call(frame(Buffer.from('x')));
  const type = otlpType('ExportMetricsServiceResponse');
  expect([status, type.toObject(type.decode(body.subarray(5)), { longs: Number })]).toEqual([
    '0',
    { partialSuccess: { rejectedDataPoints: 2, errorMessage: 'late' } },
  ]);
});

test.for([
  { kind: 'malformed', status: '3' },
  { kind: 'too large', status: '8' },
  { kind: 'unavailable', status: '14' },
] as const)('GrpcListener answers $status to what is $kind', async ({ kind, status }) => {
  await start({ kind, message: 'why', retryAfterSeconds: 1 });
  expect((await call(frame(Buffer.from('x')))).status).toBe(status);
});

test.for([
  {
    name: 'half a frame',
    body: frame(Buffer.from('abc')).subarray(0, 6),
    headers: {},
    status: '3',
  },
  {
    name: 'another method',
    body: frame(Buffer.from('abc')),
    headers: { ':path': '/x.Y/Z' },
    status: '12',
  },
  {
    name: 'another compression',
    body: frame(Buffer.from('abc'), true),
    headers: { 'grpc-encoding': 'snappy' },
    status: '12',
  },
  { name: 'a body over the limit', body: frame(Buffer.alloc(2000)), headers: {}, status: '8' },
])('GrpcListener answers $status to $name', async ({ body, headers, status }) => {
  await start();
  expect((await call(body, headers)).status).toBe(status);
  expect(taken).toEqual([]);
});

test('GrpcListener asks for an API key', async () => {
  await start(ACCEPTED, ['k']);
  expect((await call(frame(Buffer.from('x')))).status).toBe('16');
  expect((await call(frame(Buffer.from('x')), { authorization: 'Bearer k' })).status).toBe('0');
});

interface Opened {
  readonly status: Promise<string>;
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
}

/** A call that has headers and no end. */
function open(headers: Record<string, string>, localAddress = '127.0.0.1'): Opened {
  const session = connect(`http://127.0.0.1:${listener?.port}`, {
    createConnection: () =>
      connectTcp({ host: '127.0.0.1', port: listener?.port ?? 0, localAddress }),
  });
  session.on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': PATH, ...headers });
  stream.on('error', () => undefined);
  const status = new Promise<string>((resolve) => {
    stream.once('response', (head) => resolve(String(head['grpc-status'])));
  });
  return { status, session, stream };
}

test('GrpcListener asks for path and key before it reads anything', async () => {
  await start(ACCEPTED, ['right']);
  const calls = [
    open({ 'x-api-key': 'wrong' }),
    open({}),
    open({ 'x-api-key': 'right', ':path': '/other.Service/Call' }),
  ];
  for (const { stream } of calls) stream.write(Buffer.alloc(100_000));
  expect(await Promise.all(calls.map(({ status }) => status))).toEqual(['16', '16', '12']);
  for (const { session } of calls) session.destroy();
});

test('GrpcListener counts wrong keys by address, and a right key always passes', async () => {
  await start(ACCEPTED, ['right']);
  const tried = async (key: string, address: string): Promise<string> => {
    const { status, session, stream } = open({ 'x-api-key': key }, address);
    stream.end(frame(Buffer.from('otlp')));
    const known = await status;
    session.destroy();
    return known;
  };
  for (let tries = 0; tries < 20; tries += 1) {
    expect(await tried('wrong', '127.0.0.2')).toBe('16');
  }
  expect(await tried('wrong', '127.0.0.2')).toBe('14');
  expect(await tried('wrong', '127.0.0.3')).toBe('16');
  expect(taken).toHaveLength(0);
  await tried('right', '127.0.0.2');
  expect(taken).toHaveLength(1);
});

test('GrpcListener cuts off a body that comes too slowly', async () => {
  await start();
  await listener?.stop();
  const arriving = { ...DEFAULT_ARRIVING_BODIES, graceMs: 10, bytesPerSecondMin: 1_000_000 };
  listener = newListener({ arriving });
  await listener.start();
  const { status, session, stream } = open({});
  stream.write(Buffer.alloc(3));
  expect(await status).toBe('14');
  session.destroy();
});
