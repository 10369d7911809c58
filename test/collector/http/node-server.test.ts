import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { digestKey } from '../../../collector/src/exchange/api-key.ts';
import { jsonResponse, type Route, textResponse } from '../../../collector/src/http/message.ts';
import { DEFAULT_ARRIVING_BODIES } from '../../../collector/src/http/server/arriving-bodies.ts';
import { Authenticator } from '../../../collector/src/http/server/auth.ts';
import {
  HttpListener,
  type HttpListenerOptions,
} from '../../../collector/src/http/server/node-server.ts';
import { deferred } from '../../support/collector/deferred.ts';

let listener: HttpListener | undefined;
const handlerErrors: unknown[] = [];

afterEach(async () => {
  await listener?.stop();
  listener = undefined;
  handlerErrors.length = 0;
});

const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/echo/:name',
    scope: 'ingest',
    bodyBytesMax: 10,
    handle: ({ params, query, body, actor }) =>
      jsonResponse(200, {
        ...params,
        q: query.get('q'),
        body: Buffer.from(body).toString(),
        actor,
      }),
  },
  { method: 'GET', path: '/text', scope: 'open', handle: () => textResponse(200, 'hello') },
  {
    method: 'GET',
    path: '/broken',
    scope: 'open',
    handle: () => {
      throw new Error('a bug');
    },
  },
];

async function start(options: Partial<HttpListenerOptions> = {}): Promise<string> {
  listener = new HttpListener({
    host: '127.0.0.1',
    port: 0,
    routes,
    refusalFormat: ({ status, message, headers = {} }) => ({
      ...jsonResponse(status, { message }),
      headers: { 'content-type': 'application/json', ...headers },
    }),
    authenticator: new Authenticator([]),
    nowMs: () => 0,
    concurrentMax: 10,
    onHandlerError: (error) => handlerErrors.push(error),
    ...options,
  });
  await listener.start();
  return `http://127.0.0.1:${listener.port}`;
}

function withHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject).end();
  });
}

test('keeps a connection for longer than a stall or an export interval lasts', async () => {
  const response = await fetch(`${await start()}/text`);
  // With the 5 s of Node, a request that waits out a stall of 7 s is answered by a reset.
  expect(response.headers.get('keep-alive')).toBe('timeout=120');
});

test('HttpListener hands path parameters, query and body to the handler', async () => {
  const url = await start();
  const response = await fetch(`${url}/echo/a%2Fb?q=1`, { method: 'POST', body: 'body' });
  expect(await response.json()).toEqual({ name: 'a/b', q: '1', body: 'body', actor: 'anonymous' });
});

test('HttpListener answers HEAD like GET without a body', async () => {
  const response = await fetch(`${await start()}/text`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
    200,
    '5',
    '',
  ]);
});

test.for([
  { path: '/nowhere', method: 'GET', status: 404, header: 'allow', value: null },
  { path: '/text', method: 'DELETE', status: 405, header: 'allow', value: 'GET' },
  { path: '/broken', method: 'GET', status: 503, header: 'retry-after', value: '1' },
])(
  'HttpListener answers $status to $method $path',
  async ({ path, method, status, header, value }) => {
    const response = await fetch(`${await start()}${path}`, { method });
    expect([response.status, response.headers.get(header)]).toEqual([status, value]);
    expect(handlerErrors).toHaveLength(status === 503 ? 1 : 0);
  },
);

test('HttpListener answers 413 to a body over the limit, announced or streamed', async () => {
  const url = await start();
  const announced = await fetch(`${url}/echo/a`, { method: 'POST', body: 'x'.repeat(11) });
  expect(announced.status).toBe(413);
  const chunks = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 50; index += 1) controller.enqueue(Buffer.alloc(1000));
      controller.close();
    },
  });
  const streamed = await fetch(`${url}/echo/a`, {
    method: 'POST',
    body: chunks,
    duplex: 'half',
  } as RequestInit);
  expect(streamed.status).toBe(413);
});

test('HttpListener on loopback refuses foreign Host headers', async () => {
  const url = await start();
  expect(await withHost(`${url}/text`, 'evil.example:9465')).toBe(403);
  expect(await withHost(`${url}/text`, 'localhost:9465')).toBe(200);
  expect(await withHost(`${url}/text`, '[::1]:9465')).toBe(200);
});

test.for<[string, Record<string, string>, number]>([
  ['/write', { 'content-type': 'application/json' }, 200],
  ['/write', { 'content-type': 'text/plain' }, 415],
  ['/write', { 'content-type': 'application/json', origin: 'http://evil.example' }, 403],
  ['/write', { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }, 403],
  ['/echo/a', { 'content-type': 'text/plain' }, 200],
  ['/echo/a', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-site' }, 403],
])('HttpListener guards POST %s from web pages: %j', async ([path, headers, status]) => {
  const write: Route = {
    method: 'POST',
    path: '/write',
    scope: 'write',
    handle: () => textResponse(200, 'written'),
  };
  const url = await start({ routes: [...routes, write] });
  expect(await postWith(`${url}${path}`, headers)).toBe(status);
});

/** `fetch` sets some of these headers by itself. */
function postWith(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject).end('{}');
  });
}

test('HttpListener does not wait for a body where none belongs', async () => {
  const url = await start();
  const answer = await raw(
    url,
    'GET /text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n',
  );
  expect(answer.head).toMatch(/^HTTP\/1\.1 400 /u);
  answer.socket.destroy();
});

interface RawAnswer {
  readonly socket: Socket;
  readonly head: string;
}

/** Sends bytes and resolves with the first bytes that come back, or when the socket is closed. */
function raw(url: string, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.once('data', (head) => resolve({ socket, head: head.toString() }));
    socket.once('close', () => resolve({ socket, head: '' }));
    socket.write(bytes);
  });
}

const UNFINISHED = 'POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc';

test('HttpListener takes bodies while others hold every place with theirs', async () => {
  const arriving = { ...DEFAULT_ARRIVING_BODIES, bodiesMax: 8, bodiesPerAddressMax: 6 };
  const url = await start({ arriving, concurrentMax: 1 });
  const held = Array.from({ length: 20 }, () => raw(url, UNFINISHED));
  // The first of them are the oldest, and are answered when they lose their places.
  const refused = await Promise.race(held);
  expect(refused.head).toMatch(/^HTTP\/1\.1 503 /u);
  expect((await fetch(`${url}/text`)).status).toBe(200);
  await expect
    .poll(async () => (await fetch(`${url}/echo/a`, { method: 'POST', body: 'x' })).status, {
      timeout: 5000,
    })
    .toBe(200);
});

test('HttpListener cuts off a body that comes too slowly', async () => {
  const arriving = { ...DEFAULT_ARRIVING_BODIES, graceMs: 10, bytesPerSecondMin: 1_000_000 };
  const { head } = await raw(await start({ arriving }), UNFINISHED);
  expect(head).toMatch(/^HTTP\/1\.1 408 /u);
});

test('HttpListener ends the oldest idle connection for a newcomer', async () => {
  const url = await start({ connectionsMax: 5 });
  const port = Number(new URL(url).port);
  const closed: number[] = [];
  const idle: Socket[] = [];
  for (let index = 0; index < 5; index += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('close', () => closed.push(index));
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    idle.push(socket);
  }
  const answers = await Promise.all([
    raw(url, 'GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    raw(url, 'GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  ]);
  expect(answers.map(({ head }) => head.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  await expect.poll(() => closed).toEqual([0, 1]);
  for (const { socket } of answers) socket.destroy();
  for (const socket of idle) socket.destroy();
});

test('HttpListener answers vital routes when nothing else is', async () => {
  const gate = deferred<undefined>();
  const slow: Route = {
    method: 'GET',
    path: '/slow',
    scope: 'open',
    handle: () => gate.promise.then(() => textResponse(200, 'done')),
  };
  const vital: Route = {
    ...slow,
    path: '/-/healthy',
    isVital: true,
    handle: () => ({ status: 200 }),
  };
  const url = await start({ routes: [slow, vital], concurrentMax: 1 });
  const waiting = fetch(`${url}/slow`);
  await expect.poll(async () => (await fetch(`${url}/slow`)).status).toBe(503);
  expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  gate.resolve(undefined);
  expect((await waiting).status).toBe(200);
});

test('HttpListener survives a client that disconnects in the middle of a body', async () => {
  const url = await start();
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write('POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nabc');
      setImmediate(() => socket.destroy());
    });
    socket.once('close', () => resolve());
  });
  expect((await fetch(`${url}/text`)).status).toBe(200);
  expect(handlerErrors).toEqual([]);
});

test('HttpListener tells requests over the limit to come back', async () => {
  const gate = deferred<undefined>();
  const slow: Route = {
    method: 'GET',
    path: '/slow',
    scope: 'open',
    handle: async () => {
      await gate.promise;
      return textResponse(200, 'done');
    },
  };
  const url = await start({ routes: [slow], concurrentMax: 1 });
  const answers = [fetch(`${url}/slow`), fetch(`${url}/slow`)];
  const first = await Promise.race(answers);
  expect([first.status, first.headers.get('retry-after')]).toEqual([503, '1']);
  gate.resolve(undefined);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
});

test('HttpListener asks for an API key with the right scope', async () => {
  const authenticator = new Authenticator([
    { name: 'sender', digest: digestKey('s3cret'), scopes: ['ingest'] },
    { name: 'reader', digest: digestKey('other'), scopes: ['read'] },
  ]);
  const url = await start({ authenticator });
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/echo/a`, { method: 'POST', headers });
  expect((await post({})).status).toBe(401);
  expect((await post({ 'x-api-key': 'wrong' })).status).toBe(401);
  expect((await post({ 'x-api-key': 'other' })).status).toBe(403);
  const allowed = await post({ authorization: 'Bearer s3cret' });
  expect(await allowed.json()).toMatchObject({ actor: 'sender' });
  expect((await fetch(`${url}/text`)).status).toBe(200);
  expect(authenticator.failureCount).toBe(2);
});

test('HttpListener stops although a client never finishes its request', async () => {
  const url = new URL(await start());
  const socket = connect(Number(url.port), url.hostname);
  const closed = deferred<void>();
  socket.on('close', () => closed.resolve());
  socket.on('error', () => undefined);
  socket.write('POST /echo/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nabc');
  await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
  await listener?.stop();
  await closed.promise;
  expect(socket.destroyed).toBe(true);
  listener = undefined;
});
