import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';

import { sendMail } from '../../../collector/src/http/client/send-mail.ts';
import type { MailMessage, MailServer } from '../../../collector/src/model/mail-message.ts';
import { CERTIFICATES } from '../../support/notify/certificates.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
  readonly isTls: boolean;
}

const received: Received[] = [];
const closers: (() => void)[] = [];

afterEach(() => {
  received.length = 0;
  for (const close of closers.splice(0)) close();
});

/** A mail server of the test; returns its port. */
async function listen(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
          user: session.user as string | undefined,
          isTls: session.secure,
        });
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closers.push(() => server.close(() => undefined));
  return (server.server.address() as AddressInfo).port;
}

function mail(server: Partial<MailServer>, changes: Partial<MailMessage> = {}): MailMessage {
  return {
    server: {
      host: '127.0.0.1',
      port: 0,
      hello: 'tester',
      isTlsFromStart: false,
      requiresStartTls: false,
      tls: {},
      ...server,
    },
    from: 'alerts@example.com',
    to: ['team@example.com'],
    headers: {
      From: 'Alerts <alerts@example.com>',
      To: 'team@example.com',
      Subject: 'Drift of é',
      'Message-Id': '<key@example.com>',
      Date: 'Fri, 02 Jan 2026 03:04:05 +0000',
      'X-Own': 'mine',
      References: '<root@telltale>',
    },
    text: 'plain é',
    html: '<p>rich é</p>',
    timeoutMs: 5_000,
    ...changes,
  };
}

const { ca, server: serverPair, expired } = CERTIFICATES;

test('sends both parts, quoted-printable, with the headers as given', async () => {
  const port = await listen();
  const result = await sendMail(mail({ port }));
  expect(result).toMatchObject({ kind: 'mail', state: 'accepted' });
  const [one] = received;
  expect(one).toMatchObject({ from: 'alerts@example.com', to: ['team@example.com'], isTls: false });
  const text = one?.text ?? '';
  for (const line of [
    'From: Alerts <alerts@example.com>',
    'Subject: =?UTF-8?Q?Drift_of_=C3=A9?=',
    'Message-ID: <key@example.com>',
    'Date: Fri, 02 Jan 2026 03:04:05 +0000',
    'X-Own: mine',
    'References: <root@telltale>',
    'MIME-Version: 1.0',
    'plain =C3=A9',
    '<p>rich =C3=A9</p>',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/multipart\/alternative/u);
  expect(text.indexOf('text/plain')).toBeLessThan(text.indexOf('text/html'));
});

test.for([
  ['PLAIN', { username: 'u', password: 'p' }],
  ['LOGIN', { username: 'u', password: 'p' }],
  ['CRAM-MD5', { username: 'u', secret: 'p' }],
] as const)('authenticates by %s over STARTTLS', async ([method, auth]) => {
  const port = await listen({
    ...serverPair,
    disabledCommands: [],
    authMethods: [method],
    onAuth: (given, _session, callback) => {
      const isGood =
        given.method === 'CRAM-MD5' ? given.validatePassword('p') : given.password === 'p';
      if (isGood && given.username === 'u') callback(null, { user: method });
      else callback(new Error('wrong'));
    },
  });
  const tls = { ca };
  const result = await sendMail(mail({ port, requiresStartTls: true, tls, auth }));
  expect(result).toMatchObject({ state: 'accepted' });
  expect(received).toMatchObject([{ user: method, isTls: true }]);
});

test('speaks TLS from the start where it is told to', async () => {
  const port = await listen({ ...serverPair, secure: true });
  const result = await sendMail(mail({ port, isTlsFromStart: true, tls: { ca } }));
  expect(result).toMatchObject({ state: 'accepted' });
  expect(received).toMatchObject([{ isTls: true }]);
});

test.for([
  ['an unknown authority', serverPair, {}],
  ['an expired certificate', expired, { ca }],
] as const)('does not send past %s', async ([, pair, tls]) => {
  const port = await listen({ ...pair, disabledCommands: [] });
  const result = await sendMail(mail({ port, requiresStartTls: true, tls }));
  expect(result).toMatchObject({ kind: 'no answer', reason: 'network' });
  expect(result.kind === 'no answer' && result.message).toMatch(/certificate|self.signed|issuer/iu);
  expect(received).toEqual([]);
});

test('a server without STARTTLS gets nothing where TLS is required', async () => {
  const port = await listen();
  const result = await sendMail(mail({ port, requiresStartTls: true }));
  expect(result).toMatchObject({ kind: 'no answer' });
  expect(received).toEqual([]);
});

test.for([
  [451, 'refused'],
  [550, 'refused'],
] as const)('a refusal with %i keeps its code', async ([code, state]) => {
  const port = await listen({
    onRcptTo: (_address, _session, callback) => {
      callback(Object.assign(new Error('not here'), { responseCode: code }));
    },
  });
  expect(await sendMail(mail({ port }))).toMatchObject({ kind: 'mail', state, code });
});

test('a wrong password is refused with 535, and is not in the message', async () => {
  const port = await listen({
    ...serverPair,
    disabledCommands: [],
    onAuth: (_given, _session, callback) => callback(new Error('Invalid login')),
  });
  const auth = { username: 'u', password: 'hush-hush' };
  const result = await sendMail(mail({ port, requiresStartTls: true, tls: { ca }, auth }));
  expect(result).toMatchObject({ kind: 'mail', state: 'refused', code: 535 });
  expect(JSON.stringify(result)).not.toContain('hush');
});

async function rawServer(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a server that never greets, or never ends its answer, costs the time limit only', async () => {
  const silent = await rawServer((socket) => closers.push(() => socket.destroy()));
  const endless = await rawServer((socket) => {
    const timer = setInterval(() => socket.write('220-still here\r\n'), 20);
    socket.on('error', () => undefined);
    closers.push(() => {
      clearInterval(timer);
      socket.destroy();
    });
  });
  const results = [silent, endless].map((port) => sendMail(mail({ port }, { timeoutMs: 300 })));
  expect(await Promise.all(results)).toMatchObject([
    { kind: 'no answer', reason: 'timeout' },
    { kind: 'no answer', reason: 'timeout' },
  ]);
});

test('a closed port is told as such', async () => {
  const port = await rawServer(() => undefined);
  for (const close of closers.splice(0)) close();
  expect(await sendMail(mail({ port }))).toMatchObject({
    kind: 'no answer',
    reason: 'network',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('line breaks in a header make no header', async () => {
  const port = await listen();
  const headers = { From: 'a@b.example', To: 'c@d.example', 'X-Own': 'x\r\nBcc: v@w.example' };
  await sendMail(mail({ port }, { headers }));
  expect(received[0]?.text).not.toMatch(/^Bcc:/mu);
});
