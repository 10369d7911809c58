import * as v from 'valibot';

import { flag, nonEmptyText, secretOf, text } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { type TlsConfig, tlsConfig } from '../http/tls-config.ts';
import { type ChannelKind, type Completed, channelKind, type EntryProblem } from '../kind.ts';
import { atMostOneOf } from '../secret-url.ts';
import { template } from '../template-field.ts';
import { createEmailChannel } from './channel.ts';
import type { EmailAuth, EmailConfig } from './config.ts';
import { parseSmarthost, type Smarthost } from './smarthost.ts';

/** Headers that frame the message. */
const RESERVED = /^(?:bcc|mime-version|content-.*)$/iu;

const headerName = v.pipe(
  v.string(),
  v.regex(/^[!-9;-~]{1,76}$/u, 'expected the name of a header'),
  v.check((name) => !RESERVED.test(name), 'expected a header that may be set'),
);

const headers = v.pipe(
  v.record(headerName, template),
  v.check((record) => {
    const names = Object.keys(record).map((name) => name.toLowerCase());
    return new Set(names).size === names.length;
  }, 'expected each header once: upper and lower case are the same'),
);

const threading = v.strictObject({
  enabled: v.optional(flag, 'false'),
  thread_by_date: v.optional(v.picklist(['daily', 'none'], 'expected daily or none'), 'daily'),
});

const smarthost = v.pipe(
  v.string('expected host:port, such as mail.example.com:587'),
  v.rawTransform(({ dataset, addIssue, NEVER }): Smarthost => {
    const parsed = parseSmarthost(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message: 'expected host:port, such as mail.example.com:587' });
    return NEVER;
  }),
);

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'false'),
    to: v.pipe(template, v.nonEmpty('expected an address')),
    from: v.optional(template),
    hello: v.optional(nonEmptyText),
    smarthost: v.optional(smarthost),
    auth_username: v.optional(text),
    auth_password: v.optional(nonEmptyText),
    auth_password_file: v.optional(nonEmptyText),
    auth_secret: v.optional(nonEmptyText),
    auth_secret_file: v.optional(nonEmptyText),
    auth_identity: v.optional(text),
    headers: v.optional(headers, {}),
    html: v.optional(template, '{{ template "email.default.html" . }}'),
    text: v.optional(template, '{{ template "email.default.text" . }}'),
    require_tls: v.optional(flag),
    force_implicit_tls: v.optional(flag),
    tls_config: v.optional(tlsConfig),
    threading: v.optional(threading, {}),
  }),
  atMostOneOf('auth_password', 'auth_password_file'),
  atMostOneOf('auth_secret', 'auth_secret_file'),
  v.check((own) => !hasThreadHeader(own), 'expected either threading or headers of its own for it'),
);

function hasThreadHeader(own: {
  readonly threading: { readonly enabled: boolean };
  readonly headers: Readonly<Record<string, string>>;
}): boolean {
  const isThread = (name: string): boolean => /^(?:references|in-reply-to)$/iu.test(name);
  return own.threading.enabled && Object.keys(own.headers).some(isThread);
}

type Entry = v.InferOutput<typeof entry>;
type Smtp = GlobalSettings['smtp'];

function complete(own: Entry, { smtp }: GlobalSettings): Completed<EmailConfig> {
  const { from = '', server } = placeOf(own, smtp);
  const tls = tlsOf(own, smtp);
  const way = wayOf(own, smtp, server?.port);
  const problems = [
    ...missing(server !== undefined, 'smarthost'),
    ...missing(from !== '', 'from'),
    ...('problems' in tls ? tls.problems : []),
    ...authProblems(own, smtp, { ...way, host: server?.host ?? '' }),
  ];
  if (server === undefined || 'problems' in tls || problems.length > 0) return { problems };
  const { to, headers: given, html, text: plain } = own;
  return {
    config: {
      to,
      from,
      headers: given,
      html,
      text: plain,
      ...server,
      ...way,
      auth: authOf(own, smtp),
      sendsResolved: own.send_resolved,
      hello: own.hello ?? smtp.hello,
      tls: tls.config,
      threading: threadingOf(own),
    },
  };
}

function placeOf(
  own: Entry,
  smtp: Smtp,
): { readonly from: string | undefined; readonly server: Smarthost | undefined } {
  return {
    from: own.from ?? smtp.from,
    server: own.smarthost ?? parseSmarthost(smtp.smarthost ?? ''),
  };
}

type Way = Pick<EmailConfig, 'isTlsFromStart' | 'requiresTls'>;

function wayOf(own: Entry, smtp: Smtp, port: number | undefined): Way {
  const isTlsFromStart =
    own.force_implicit_tls ?? smtp.forceImplicitTls ?? port === IMPLICIT_TLS_PORT;
  return { isTlsFromStart, requiresTls: own.require_tls ?? smtp.requireTls };
}

function missing(isThere: boolean, key: string): readonly EntryProblem[] {
  return isThere ? [] : [{ path: [], message: `expected ${key}, here or smtp_${key} in global` }];
}

function authProblems(
  own: Entry,
  smtp: Smtp,
  { isTlsFromStart, requiresTls, host }: Way & { readonly host: string },
): readonly EntryProblem[] {
  const auth = authOf(own, smtp);
  const problems: EntryProblem[] = [];
  if (auth !== undefined && !isTlsFromStart && !requiresTls && !isLoopback(host)) {
    const message = 'Cannot send a password over a connection without TLS: set require_tls to true';
    problems.push({ path: ['require_tls'], message });
  }
  const identity = own.auth_identity ?? smtp.authIdentity ?? '';
  if (identity !== '' && identity !== auth?.username) {
    const message = 'auth_identity is not supported where it differs from auth_username';
    problems.push({ path: ['auth_identity'], message });
  }
  return problems;
}

const IMPLICIT_TLS_PORT = 465;

function threadingOf({ threading: { enabled, thread_by_date } }: Entry): EmailConfig['threading'] {
  if (!enabled) return 'none';
  return thread_by_date === 'daily' ? 'daily' : 'always';
}

function authOf(own: Entry, smtp: Smtp): EmailAuth | undefined {
  const username = own.auth_username ?? smtp.authUsername ?? '';
  if (username === '') return undefined;
  const password = secretOf(own.auth_password, own.auth_password_file) ?? smtp.authPassword;
  const secret = secretOf(own.auth_secret, own.auth_secret_file) ?? smtp.authSecret;
  return { username, password, secret };
}

function tlsOf(own: Entry, smtp: Smtp): Completed<TlsConfig | undefined> {
  if (own.tls_config !== undefined) return { config: own.tls_config };
  if (smtp.tlsConfig === undefined) return { config: undefined };
  const result = v.safeParse(tlsConfig, smtp.tlsConfig);
  if (result.success) return { config: result.output };
  const problems = result.issues.map(({ message }) => ({
    path: ['tls_config'],
    message: `global.smtp_tls_config: ${message}`,
  }));
  return { problems };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

/** `email_configs`. */
export const emailKind: ChannelKind = channelKind({
  type: 'email',
  key: 'email_configs',
  secretKeys: ['auth_password', 'auth_secret', 'key'],
  schema: entry,
  complete,
  create: createEmailChannel,
});
