import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { sendHttp } from '../../../collector/src/http/node-client.ts';
import type { HttpMessage, HttpResult } from '../../../collector/src/model/http-message.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function send(
  listener: RequestListener,
  extra: Partial<HttpMessage> = {},
): Promise<HttpResult> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook`;
  return sendHttp({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 5000, ...extra });
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

test('sendHttp() does not follow redirects', async () => {
  const result = await send((_, response) => {
    response.writeHead(307, { location: 'http://169.254.169.254/' }).end();
  });
  expect(result).toMatchObject({ kind: 'answer', status: 307 });
});

test('sendHttp() tells a timeout from a failed connection', async () => {
  expect(await send(() => undefined, { timeoutMs: 20 })).toMatchObject({
    kind: 'no answer',
    reason: 'timeout',
  });
  const refused = await send(() => undefined, { url: 'http://127.0.0.1:1/' });
  expect(refused).toMatchObject({ kind: 'no answer', reason: 'network' });
});

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
