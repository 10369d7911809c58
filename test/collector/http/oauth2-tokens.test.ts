import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { sendHttp } from '../../../collector/src/http/client/node-client.ts';
import { OAuth2Tokens } from '../../../collector/src/http/client/oauth2-tokens.ts';
import type {
  HttpMessage,
  HttpResult,
  OAuth2Client,
} from '../../../collector/src/model/http-message.ts';
import { CERTIFICATES } from '../../support/notify/certificates.ts';

const CLIENT: OAuth2Client = {
  tokenUrl: 'http://auth.test/token',
  clientId: 'telltale',
  clientSecret: 'p+ss w:rd',
  scopes: ['alerts', 'write'],
  endpointParams: { audience: 'ops' },
};

function answer(status: number, body: unknown): HttpResult {
  return {
    kind: 'answer',
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

describe('OAuth2Tokens', () => {
  let nowMs = 0;
  let asked: HttpMessage[] = [];
  let answers: (HttpResult | Promise<HttpResult>)[] = [];
  let tokens = new OAuth2Tokens();

  beforeEach(() => {
    nowMs = 0;
    asked = [];
    answers = [];
    tokens = new OAuth2Tokens(() => nowMs);
  });

  const header = (client = CLIENT): Promise<string> =>
    tokens.header(client, 1000, async (message) => {
      asked.push(message);
      return (await answers.shift()) ?? answer(200, { access_token: `t${asked.length}` });
    });

  test('asks by the standard: the credentials as a header, the rest as a form', async () => {
    expect(await header()).toBe('Bearer t1');
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'http://auth.test/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          authorization: `Basic ${Buffer.from('telltale:p%2Bss+w%3Ard').toString('base64')}`,
        },
        body: 'grant_type=client_credentials&scope=alerts+write&audience=ops',
        timeoutMs: 1000,
        transport: { followsRedirects: false },
      },
    ]);
  });

  test('puts them into the form where the header is refused', async () => {
    answers = [answer(401, { error: 'invalid_client' })];
    expect(await header()).toBe('Bearer t2');
    expect(asked[1]?.headers['authorization']).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(asked[1]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'telltale',
      client_secret: 'p+ss w:rd',
      scope: 'alerts write',
      audience: 'ops',
    });
  });

  test('keeps a token until ten seconds before its end, forever when it has none', async () => {
    answers = [answer(200, { access_token: 'short', expires_in: 60, token_type: 'bearer' })];
    const seen: string[] = [];
    for (const atMs of [0, 49_999, 50_000, 1e12]) {
      nowMs = atMs;
      seen.push(await header());
    }
    expect(seen).toEqual(['Bearer short', 'Bearer short', 'Bearer t2', 'Bearer t2']);
  });

  test('asks once for many messages, and again after a failure or when it was told to', async () => {
    expect(await Promise.all([header(), header(), header()])).toEqual(
      Array.from({ length: 3 }, () => 'Bearer t1'),
    );
    tokens.forget(CLIENT);
    answers = [answer(503, '')];
    const failed = await Promise.allSettled([header(), header()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await header()).toBe('Bearer t3');
  });

  test('a changed secret is another client, and only some are kept', async () => {
    await header();
    expect(await header({ ...CLIENT, clientSecret: 'new' })).toBe('Bearer t2');
    for (let each = 0; each < 40; each += 1) await header({ ...CLIENT, clientId: `c${each}` });
    asked = [];
    await header();
    expect(asked).toHaveLength(1);
  });

  test.each([
    [
      'a refusal',
      answer(403, { error: 'denied', error_description: 'ask ann' }),
      'status 403 denied: ask ann',
    ],
    ['a page', answer(200, '<html>login</html>'), 'the answer has no access_token'],
    ['a redirect', answer(302, ''), 'status 302'],
    [
      'a token that is no header',
      answer(200, { access_token: 'a\r\nx: y' }),
      'the answer has no access_token',
    ],
    ['a list', answer(200, []), 'the answer has no access_token'],
    [
      'no answer',
      { kind: 'no answer', reason: 'network', message: 'ECONNREFUSED' },
      'ECONNREFUSED',
    ],
  ] as const)('%s is an error that names no secret', async (_name, result, message) => {
    answers = [result];
    await expect(header()).rejects.toThrow(`no OAuth 2 token: ${message}`);
  });
});

describe('sendHttp() with OAuth 2', () => {
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

  test('sends the token over TLS of its own, and gets another when it was withdrawn', async () => {
    const { ca, server: pair } = CERTIFICATES;
    let given = 0;
    const auth = createTlsServer(pair, (_request, response) => {
      given += 1;
      response.end(JSON.stringify({ access_token: `t${given}`, expires_in: 3600 }));
    });
    const tokenUrl = `https://localhost:${await listen(auth)}/token`;
    const seen: string[] = [];
    let withdrawn = '';
    const hook = createServer((request: IncomingMessage, response) => {
      const token = request.headers.authorization ?? '';
      seen.push(token);
      response.writeHead(token === withdrawn ? 401 : 200).end();
    });
    const url = `http://127.0.0.1:${await listen(hook)}/`;
    const send = (): Promise<HttpResult> =>
      sendHttp({
        method: 'POST',
        url,
        headers: {},
        body: '{}',
        timeoutMs: 5000,
        transport: { oauth2: { ...CLIENT, tokenUrl, tls: { ca } } },
      });
    const statuses: unknown[] = [];
    for (const each of ['', '', 'Bearer t1', 'Bearer t2']) {
      withdrawn = each;
      statuses.push(await send());
    }
    expect(statuses).toEqual(statuses.map(() => expect.objectContaining({ status: 200 })));
    expect(seen).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
      'Bearer t2',
      'Bearer t3',
    ]);
  });

  test('without a token nothing is sent', async () => {
    const auth = createServer((_request, response) => response.writeHead(500).end());
    const tokenUrl = `http://127.0.0.1:${await listen(auth)}/token`;
    let requests = 0;
    const hook = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    const url = `http://127.0.0.1:${await listen(hook)}/`;
    const oauth2 = { ...CLIENT, tokenUrl };
    const message = { method: 'POST', url, headers: {}, body: '', timeoutMs: 5000 } as const;
    expect([await sendHttp({ ...message, transport: { oauth2 } }), requests]).toEqual([
      { kind: 'no answer', reason: 'network', message: 'no OAuth 2 token: status 500' },
      0,
    ]);
  });
});
