import { describe, expect, test } from 'vitest';

import {
  bodyOf,
  CONTEXT,
  channelOf,
  notificationOf,
  problemsOf,
} from '../../../support/notify/channel-of.ts';

const USE = 'Cannot use this value: ';

describe('an entry that cannot be used', () => {
  test.for([
    [
      'slack',
      {},
      ['expected api_url, api_url_file, app_token or app_token_file, here or in global'],
    ],
    [
      'slack',
      { api_url: 'https://a', api_url_file: 'f' },
      [`${USE}expected at most one of api_url and api_url_file`],
    ],
    ['slack', { api_url: 'https://a', titel: 'x' }, ['titel: Unknown key "titel"']],
    [
      'slack',
      { api_url: 'https://a', title: '{{ .Status ' },
      [`title: ${USE}expected a template: template: :1: unclosed action`],
    ],
    [
      'slack',
      { api_url: 'https://a', title: '{{ nope }}' },
      [`title: ${USE}expected a template: template: :1: function "nope" not defined`],
    ],
    [
      'slack',
      { api_url: 'https://a', actions: [{ type: 'button', text: 'x' }] },
      [`actions.0: ${USE}expected a name or a url`],
    ],
    ['slack', { api_url: 'not a url' }, [`api_url: ${USE}expected an http or https URL`]],
    ['discord', {}, [`${USE}expected either webhook_url or webhook_url_file`]],
    [
      'msteamsv2',
      { webhook_url: 'https://a', webhook_url_file: 'f' },
      [`${USE}expected either webhook_url or webhook_url_file`],
    ],
    ['pagerduty', {}, [`${USE}expected routing_key or routing_key_file`]],
    [
      'pagerduty',
      { service_key: 'k' },
      [
        `${USE}expected routing_key (Events API v2) in place of service_key: version 1 is not supported`,
      ],
    ],
    [
      'telegram',
      { chat_id: '1' },
      ['expected bot_token or bot_token_file, here or telegram_bot_token in global'],
    ],
    [
      'telegram',
      { chat_id: 'me', bot_token: 't' },
      [`chat_id: ${USE}expected a number such as -1001234567890`],
    ],
    [
      'telegram',
      { chat_id: '1', bot_token: 't', parse_mode: 'BBCode' },
      [`parse_mode: ${USE}expected Markdown, MarkdownV2 or HTML`],
    ],
    [
      'email',
      { to: 'a@b.c' },
      [
        'expected smarthost, here or smtp_smarthost in global',
        'expected from, here or smtp_from in global',
      ],
    ],
    [
      'email',
      { to: 'a@b.c', from: 'd@e.f', smarthost: 'mail' },
      [`smarthost: ${USE}expected host:port, such as mail.example.com:587`],
    ],
    [
      'email',
      {
        to: 'a@b.c',
        from: 'd@e.f',
        smarthost: 'mail:25',
        require_tls: 'no',
        auth_username: 'u',
        auth_password: 'p',
      },
      [
        'require_tls: Cannot send a password over a connection without TLS: set require_tls to true',
      ],
    ],
    [
      'email',
      { to: 'a@b.c', from: 'd@e.f', smarthost: 'mail:25', headers: { Subject: 'a', subject: 'b' } },
      [`headers: ${USE}expected each header once: upper and lower case are the same`],
    ],
    [
      'email',
      { to: 'a@b.c', from: 'd@e.f', smarthost: 'mail:25', headers: { 'Content-Type': 'x' } },
      [`headers.Content-Type: ${USE}expected a header that may be set`],
    ],
    [
      'email',
      { to: 'a@b.c', from: 'd@e.f', smarthost: 'mail:25', headers: { 'X\nY': 'x' } },
      [`headers.X\nY: ${USE}expected the name of a header`],
    ],
    [
      'webhook',
      { url: 'https://a', payload: { a: ['{{ if }}'] } },
      [`payload.a: ${USE}expected texts, lists and maps whose texts are templates`],
    ],
  ] as const)('%s %o', ([type, entry, problems]) => {
    expect(problemsOf(type, entry)).toEqual(problems);
  });
});

const OAUTH2 = { client_id: 'telltale', token_url: 'https://auth/token' };

describe('http_config', () => {
  const read = (config: unknown): readonly string[] =>
    problemsOf('webhook', { url: 'https://a', http_config: config });

  test.for([
    [{ bearer: 'x' }, 'http_config.bearer: Unknown key "bearer"'],
    [
      { oauth2: { ...OAUTH2, client_secret: 'a', client_secret_file: 'b' } },
      `http_config.oauth2: ${USE}expected at most one of client_secret and client_secret_file`,
    ],
    [{ oauth2: OAUTH2 }, `http_config.oauth2: ${USE}expected client_secret or client_secret_file`],
    [
      { oauth2: { ...OAUTH2, client_secret: 'a', token_url: 'ftp://a' } },
      `http_config.oauth2.token_url: ${USE}expected an http or https URL`,
    ],
    [
      { oauth2: { ...OAUTH2, client_secret: 'a', grant_type: 'urn:ietf:jwt-bearer' } },
      `http_config.oauth2.grant_type: ${USE}oauth2 by a signed assertion is not supported: use client_secret_file`,
    ],
    [
      { oauth2: { ...OAUTH2, client_secret: 'a' }, bearer_token: 't' },
      `http_config: ${USE}expected at most one of basic_auth, authorization, bearer_token, bearer_token_file and oauth2`,
    ],
    [
      { basic_auth: { username: 'u' }, bearer_token: 't' },
      `http_config: ${USE}expected at most one of basic_auth, authorization, bearer_token, bearer_token_file and oauth2`,
    ],
    [
      { basic_auth: { password: 'p' } },
      `http_config.basic_auth: ${USE}expected either username or username_file`,
    ],
    [
      { authorization: { type: 'Basic', credentials: 'x' } },
      `http_config.authorization: ${USE}expected basic_auth in place of Basic`,
    ],
    [
      { tls_config: { cert_file: 'c' } },
      `http_config.tls_config: ${USE}expected a certificate and its key, or neither`,
    ],
    [
      { tls_config: { min_version: 'SSL3' } },
      `http_config.tls_config.min_version: ${USE}expected one of TLS10, TLS11, TLS12, TLS13`,
    ],
    [
      { proxy_url: 'socks5://p' },
      `http_config.proxy_url: ${USE}expected the URL of an http or https proxy`,
    ],
    [{ no_proxy: 'a' }, `http_config: ${USE}expected no_proxy together with proxy_url`],
    [
      { http_headers: { Host: { values: ['x'] } } },
      `http_config.http_headers.Host: ${USE}expected a header that may be set`,
    ],
    [
      { http_headers: { 'a b': { values: ['x'] } } },
      `http_config.http_headers.a b: ${USE}expected the name of a header`,
    ],
  ] as const)('%o is refused', ([config, problem]) => {
    expect(read(config)).toEqual([problem]);
  });

  test('oauth2 reads its secret at each use and has its own way to the token', () => {
    const oauth2 = {
      ...OAUTH2,
      client_secret_file: 'c',
      scopes: ['alerts'],
      endpoint_params: { audience: 'ops' },
      tls_config: { server_name: 'auth.example' },
      proxy_url: 'http://proxy:3128',
    };
    const channel = channelOf('webhook', { url: 'https://a', http_config: { oauth2 } });
    expect(channel.prepare(notificationOf(), CONTEXT)).toMatchObject({
      message: {
        transport: {
          oauth2: {
            tokenUrl: 'https://auth/token',
            clientId: 'telltale',
            clientSecret: 'secret-of-c',
            scopes: ['alerts'],
            endpointParams: { audience: 'ops' },
            tls: { serverName: 'auth.example' },
            proxy: { url: 'http://proxy:3128' },
          },
        },
      },
    });
  });

  test('what is global holds for entries without one of their own', () => {
    const global = { httpConfig: { authorization: { credentials_file: 'g' } } };
    const prepare = (entry: object): unknown =>
      channelOf('webhook', entry, { global }).prepare(notificationOf(), CONTEXT);
    expect(prepare({ url: 'https://a' })).toMatchObject({
      message: { headers: { authorization: 'Bearer secret-of-g' } },
    });
    const own = { url: 'https://a', http_config: { basic_auth: { username: 'u', password: 'p' } } };
    expect(prepare(own)).toMatchObject({
      message: { headers: { authorization: `Basic ${btoa('u:p')}` } },
    });
    expect(problemsOf('webhook', { url: 'https://a' }, { httpConfig: { x: 'y' } })).toEqual([
      'http_config: global.http_config.x: Unknown key "x"',
    ]);
  });

  test('every file is read at each use', () => {
    const entry = {
      url_file: 'url',
      http_config: {
        authorization: { type: 'Token', credentials_file: 'cred' },
        tls_config: { ca_file: 'ca', cert_file: 'cert', key_file: 'key', server_name: 'n' },
        proxy_url: 'http://proxy:3128',
        no_proxy: 'localhost',
        follow_redirects: 'false',
        http_headers: { 'X-A': { values: ['1'], secrets: ['2'], files: ['three'] } },
      },
    };
    const channel = channelOf('webhook', entry);
    for (const round of ['first', 'second']) {
      const context = {
        ...CONTEXT,
        readSecret: (path: string) => `${path === 'url' ? 'https://h/' : ''}${path}-${round}`,
        readFile: (path: string) => `${path} ${round}`,
      };
      expect(channel.prepare(notificationOf(), context)).toMatchObject({
        message: {
          url: `https://h/url-${round}`,
          headers: { authorization: `Token cred-${round}`, 'x-a': `1, 2, three-${round}` },
          transport: {
            tls: { ca: `ca ${round}`, cert: `cert ${round}`, key: `key ${round}`, serverName: 'n' },
            proxy: { url: 'http://proxy:3128', noProxy: 'localhost' },
            followsRedirects: false,
          },
        },
      });
    }
  });
});

test('Slack: a token speaks to the API and changes the message it knows', () => {
  const entry = { app_token_file: 't', channel: '#a', update_message: 'true' };
  const channel = channelOf('slack', entry);
  const first = channel.prepare(notificationOf(), CONTEXT);
  expect(first).toMatchObject({
    message: {
      url: 'https://slack.com/api/chat.postMessage',
      headers: { authorization: 'Bearer secret-of-t' },
    },
  });
  const state = { ts: '1.5', channel: 'C9' };
  const next = channel.prepare(notificationOf(), { ...CONTEXT, state });
  expect(next).toMatchObject({ message: { url: 'https://slack.com/api/chat.update' } });
  expect(bodyOf(next)).toMatchObject(state);
});

test('e-mail: what is global, the headers and both parts', () => {
  const smtp = {
    hello: 'me',
    requireTls: true,
    tlsConfig: { insecure_skip_verify: 'true' },
    from: 'Alerts <alerts@example.com>',
    smarthost: 'mail.example.com:465',
    authUsername: 'u',
    authPassword: { file: 'p' },
  };
  const entry = {
    to: 'Team <team@example.com>, "Boss, The" <boss@example.com>',
    headers: { 'reply-to': 'x@example.com', SUBJECT: 'S {{ .Status }}' },
    html: '<b>{{ .Status }}</b>',
    text: '{{ .Status }}',
    threading: { enabled: 'true' },
  };
  const channel = channelOf('email', entry, { global: { smtp } });
  expect(channel.sendsResolved).toBe(false);
  const root = '<alert-cea6b30dbc83abaa-2026-01-02@telltale>';
  expect(channel.prepare(notificationOf(), CONTEXT)).toEqual({
    kind: 'mail',
    problems: [],
    message: {
      server: {
        host: 'mail.example.com',
        port: 465,
        hello: 'me',
        isTlsFromStart: true,
        requiresStartTls: true,
        tls: { isUnchecked: true },
        auth: { username: 'u', password: 'secret-of-p' },
      },
      timeoutMs: 30_000,
      from: 'alerts@example.com',
      to: ['team@example.com', 'boss@example.com'],
      headers: {
        From: 'Alerts <alerts@example.com>',
        To: 'Team <team@example.com>, "Boss, The" <boss@example.com>',
        Subject: 'S firing',
        'reply-to': 'x@example.com',
        Date: 'Fri, 02 Jan 2026 03:04:05 +0000',
        'Message-Id': '<abcdef0123456789abcdef0123456789@example.com>',
        References: root,
        'In-Reply-To': root,
      },
      text: 'firing',
      html: '<b>firing</b>',
    },
  });
});

test.for([
  ['two@a.b, three@c.d', 'Cannot send from 2 addresses: expected exactly one'],
  ['absent', 'Cannot use "absent": expected a mail address'],
] as const)('e-mail: from %j is refused', ([from, message]) => {
  const entry = { to: 'a@b.c', from, smarthost: 'h:25' };
  expect(() => channelOf('email', entry).prepare(notificationOf(), CONTEXT)).toThrow(message);
});
