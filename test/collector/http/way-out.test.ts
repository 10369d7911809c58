import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { sendHttp } from '../../../collector/src/http/client/node-client.ts';
import type { HttpResult, HttpTransport } from '../../../collector/src/model/http-message.ts';
import { CERTIFICATES } from '../../support/notify/certificates.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function send(url: string, transport?: HttpTransport): Promise<HttpResult> {
  return sendHttp({
    method: 'POST',
    url,
    headers: {},
    body: '{}',
    timeoutMs: 5_000,
    ...(transport === undefined ? {} : { transport }),
  });
}

const { ca, server: pair, client, expired } = CERTIFICATES;
const ok: RequestListener = (_request, response) => response.end('ok');

test('a private authority is trusted where the message names it, and nowhere else', async () => {
  const url = `https://localhost:${await listen(createTlsServer(pair, ok))}/`;
  expect(await send(url, { tls: { ca } })).toMatchObject({ status: 200, body: 'ok' });
  expect(await send(url)).toMatchObject({ kind: 'no answer', reason: 'network' });
  expect(await send(url, { tls: { isUnchecked: true } })).toMatchObject({ status: 200 });
});

test('an expired certificate is no answer', async () => {
  const url = `https://localhost:${await listen(createTlsServer(expired, ok))}/`;
  expect(await send(url, { tls: { ca } })).toMatchObject({
    kind: 'no answer',
    message: expect.stringMatching(/expired/iu),
  });
});

test('the name in the certificate is checked, and can be another than the host', async () => {
  const url = `https://127.0.0.1:${await listen(createTlsServer(pair, ok))}/`;
  expect(await send(url, { tls: { ca, serverName: 'other.example' } })).toMatchObject({
    kind: 'no answer',
  });
  expect(await send(url, { tls: { ca, serverName: 'localhost' } })).toMatchObject({ status: 200 });
});

test('a certificate of our own opens a server that asks for one', async () => {
  const options = { ...pair, ca, requestCert: true, rejectUnauthorized: true };
  const url = `https://localhost:${await listen(createTlsServer(options, ok))}/`;
  expect(await send(url, { tls: { ca } })).toMatchObject({ kind: 'no answer' });
  const tls = { ca, cert: client.cert, key: client.key };
  expect(await send(url, { tls })).toMatchObject({ status: 200 });
});

test('a key that is none is told without showing it', async () => {
  const result = await send('https://localhost:1/', { tls: { cert: 'hush', key: 'hush' } });
  expect(result).toMatchObject({ kind: 'no answer', reason: 'network' });
  expect(JSON.stringify(result)).not.toContain('hush');
});

/** A proxy that tunnels and remembers how it was asked. */
async function proxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const port = await listen(server);
  return { url: `http://user:pass@127.0.0.1:${port}`, asked };
}

test('a proxy carries the request, with its password, and hosts can be left out', async () => {
  const port = await listen(createTlsServer(pair, ok));
  const { url, asked } = await proxy();
  const through = (noProxy?: string): Promise<HttpResult> =>
    send(`https://localhost:${port}/`, {
      tls: { ca },
      proxy: { url, ...(noProxy === undefined ? {} : { noProxy }) },
    });
  expect(await through()).toMatchObject({ status: 200, body: 'ok' });
  expect(asked).toEqual([`localhost:${port} Basic ${btoa('user:pass')}`]);
  expect(await through('localhost')).toMatchObject({ status: 200 });
  expect(asked).toHaveLength(1);
});

test('a redirect is an answer where it is not to be followed', async () => {
  const port = await listen(
    createServer((request, response) => {
      if (request.url === '/to') response.end('there');
      else response.writeHead(307, { location: '/to' }).end();
    }),
  );
  const url = `http://127.0.0.1:${port}/`;
  expect(await send(url)).toMatchObject({ status: 200, body: 'there' });
  expect(await send(url, { followsRedirects: false })).toMatchObject({ status: 307 });
});
