import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { sendHttp } from '../../../collector/src/http/client/node-client.ts';
import type { HttpMessage, HttpResult } from '../../../collector/src/model/http-message.ts';

let server: Server | undefined;
let extra: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  extra?.closeAllConnections();
  extra?.close();
});

async function send(
  listener: RequestListener,
  changes: Partial<HttpMessage> = {},
): Promise<HttpResult> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook`;
  return sendHttp({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 5000, ...changes });
}

test('sendHttp() gives the answer with lower-case headers', async () => {
  const result = await send((_, response) => {
    response.writeHead(429, { 'Retry-After': '7' }).end('slow down');
  });
  expect(result).toMatchObject({
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': '7' },
    body: 'slow down',
  });
});

test.for<[number, string]>([
  [307, 'http://169.254.169.254/'],
  [302, '/other'],
  [301, '/other'],
  [308, 'http://'],
  [304, ''],
])('sendHttp() does not follow a %i to %s', async ([status, location]) => {
  let requests = 0;
  const result = await send((_, response) => {
    requests += 1;
    response.writeHead(status, { location }).end();
  });
  expect({ requests, result }).toMatchObject({ requests: 1, result: { kind: 'answer', status } });
});

test.for([307, 308])('sendHttp() repeats itself on the same host after a %i', async (status) => {
  const seen: string[] = [];
  const result = await send((request, response) => {
    request.on('data', (chunk: Buffer) => {
      seen.push(`${request.method} ${request.url} ${chunk.toString()}`);
      if (request.url === '/hook') response.writeHead(status, { location: '/hook/' }).end();
      else response.writeHead(204).end();
    });
  });
  expect(seen).toEqual(['POST /hook {}', 'POST /hook/ {}']);
  expect(result).toMatchObject({ kind: 'answer', status: 204 });
});

test('sendHttp() gives up on a circle of redirects', async () => {
  let requests = 0;
  const result = await send((_, response) => {
    requests += 1;
    response.writeHead(308, { location: '/hook' }).end();
  });
  expect({ requests, result }).toMatchObject({ requests: 6, result: { status: 308 } });
});

test('sendHttp() tells a timeout from a failed connection', async () => {
  expect(await send(() => undefined, { timeoutMs: 20 })).toMatchObject({
    kind: 'no answer',
    reason: 'timeout',
  });
  const refused = await send(() => undefined, { url: 'http://127.0.0.1:1/' });
  expect(refused).toMatchObject({ kind: 'no answer', reason: 'network' });
});

test('sendHttp() judges by the status when the body never ends', async () => {
  const result = await send((_, response) => {
    response.writeHead(200);
    response.write('taken');
  });
  expect(result).toMatchObject({ kind: 'answer', status: 200, body: 'taken' });
});

test('sendHttp() judges by the status when the body breaks off', async () => {
  const result = await send((_, response) => {
    response.writeHead(202, { 'content-length': '100' });
    response.write('part', () => response.destroy());
  });
  expect(result).toMatchObject({ kind: 'answer', status: 202 });
});

test('sendHttp() reaches ports that browsers block', async () => {
  const listener: RequestListener = (_, response) => {
    response.writeHead(200).end('reached');
  };
  const blocked = await listenOnBlockedPort(listener);
  expect(await send(() => undefined, { url: `http://127.0.0.1:${blocked}/` })).toMatchObject({
    kind: 'answer',
    body: 'reached',
  });
});

/** The first of these ports that is free on this machine; `fetch` refuses each of them. */
async function listenOnBlockedPort(listener: RequestListener): Promise<number> {
  for (const port of [10_080, 6697, 6669, 6668, 6667, 6666, 6665, 6566, 5061, 5060, 4190, 4045]) {
    const candidate = createServer(listener);
    const isFree = await new Promise<boolean>((resolve) => {
      candidate.once('error', () => resolve(false));
      candidate.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    extra = candidate;
    return port;
  }
  throw new Error('Cannot test: every port of the block list is taken');
}

test('sendHttp() stops reading an endless answer', async () => {
  const result = await send((_, response) => {
    const chunk = Buffer.alloc(16_384, 'x');
    const pump = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pump);
    pump();
  });
  expect(result.kind === 'answer' && result.body.length).toBe(65_536);
});
