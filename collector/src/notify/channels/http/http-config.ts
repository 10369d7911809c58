import * as v from 'valibot';

import type { TlsVersion } from '../../../model/tls-options.ts';
import { flag, nonEmptyText, type Secret, secretOf, text, texts } from '../fields.ts';

/** `http_config` of `alertmanager.yml`: how a channel reaches its destination. */
export interface HttpConfig {
  readonly authorization?: Authorization;
  readonly tls?: TlsConfig;
  readonly proxy?: ProxyConfig;
  readonly followsRedirects: boolean;
  readonly headers: readonly HeaderConfig[];
}

export type Authorization =
  | { readonly kind: 'basic'; readonly username: Secret; readonly password: Secret | undefined }
  | { readonly kind: 'token'; readonly type: string; readonly credentials: Secret };

/** PEM texts or files with them. */
export interface TlsConfig {
  readonly ca: Secret | undefined;
  readonly cert: Secret | undefined;
  readonly key: Secret | undefined;
  readonly serverName: string | undefined;
  readonly isUnchecked: boolean;
  readonly versionMin: TlsVersion | undefined;
  readonly versionMax: TlsVersion | undefined;
}

export interface ProxyConfig {
  /** Absent: from the environment (`HTTPS_PROXY` and its kin). */
  readonly url: string | undefined;
  readonly noProxy: string | undefined;
  readonly connectHeaders: readonly HeaderConfig[];
}

export interface HeaderConfig {
  /** In lower case. */
  readonly name: string;
  readonly values: readonly Secret[];
}

export const DEFAULT_HTTP_CONFIG: HttpConfig = { followsRedirects: true, headers: [] };

/** Keys of `http_config` and `tls_config` that hold a secret. */
export const HTTP_SECRET_KEYS: readonly string[] = [
  'password',
  'credentials',
  'bearer_token',
  'secrets',
  'key',
  'proxy_url',
];

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const tlsVersion: v.GenericSchema<unknown, TlsVersion> = v.pipe(
  v.picklist(Object.keys(VERSIONS), 'expected one of TLS10, TLS11, TLS12, TLS13'),
  v.transform((name) => VERSIONS[name] ?? 'TLSv1.2'),
);

function atMostOne(one: string, other: string): string {
  return `expected at most one of ${one} and ${other}`;
}

export const tlsConfig: v.GenericSchema<unknown, TlsConfig> = v.pipe(
  v.strictObject({
    ca: v.optional(nonEmptyText),
    ca_file: v.optional(nonEmptyText),
    cert: v.optional(nonEmptyText),
    cert_file: v.optional(nonEmptyText),
    key: v.optional(nonEmptyText),
    key_file: v.optional(nonEmptyText),
    server_name: v.optional(nonEmptyText),
    insecure_skip_verify: v.optional(flag, 'false'),
    min_version: v.optional(tlsVersion),
    max_version: v.optional(tlsVersion),
  }),
  v.check((tls) => !(tls.ca && tls.ca_file), atMostOne('ca', 'ca_file')),
  v.check((tls) => !(tls.cert && tls.cert_file), atMostOne('cert', 'cert_file')),
  v.check((tls) => !(tls.key && tls.key_file), atMostOne('key', 'key_file')),
  v.check(
    (tls) => Boolean(tls.cert ?? tls.cert_file) === Boolean(tls.key ?? tls.key_file),
    'expected a certificate and its key, or neither',
  ),
  v.transform((tls) => ({
    ca: secretOf(tls.ca, tls.ca_file),
    cert: secretOf(tls.cert, tls.cert_file),
    key: secretOf(tls.key, tls.key_file),
    serverName: tls.server_name,
    isUnchecked: tls.insecure_skip_verify,
    versionMin: tls.min_version,
    versionMax: tls.max_version,
  })),
);

const basicAuth = v.pipe(
  v.strictObject({
    username: v.optional(nonEmptyText),
    username_file: v.optional(nonEmptyText),
    password: v.optional(nonEmptyText),
    password_file: v.optional(nonEmptyText),
  }),
  v.check(
    ({ username, username_file }) => (username === undefined) !== (username_file === undefined),
    'expected either username or username_file',
  ),
  v.check(
    ({ password, password_file }) => !(password && password_file),
    atMostOne('password', 'password_file'),
  ),
  v.transform(
    (auth): Authorization => ({
      kind: 'basic',
      username: secretOf(auth.username, auth.username_file) ?? { value: '' },
      password: secretOf(auth.password, auth.password_file),
    }),
  ),
);

const authorization = v.pipe(
  v.strictObject({
    type: v.optional(nonEmptyText, 'Bearer'),
    credentials: v.optional(nonEmptyText),
    credentials_file: v.optional(nonEmptyText),
  }),
  v.check(({ type }) => type.toLowerCase() !== 'basic', 'expected basic_auth in place of Basic'),
  v.check(
    (auth) => (auth.credentials === undefined) !== (auth.credentials_file === undefined),
    'expected either credentials or credentials_file',
  ),
  v.transform((auth): Authorization => {
    const credentials = secretOf(auth.credentials, auth.credentials_file) ?? { value: '' };
    return { kind: 'token', type: auth.type.trim(), credentials };
  }),
);

/** Headers that say where the request goes or how its body is framed. */
const RESERVED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

const headerName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u, 'expected the name of a header'),
  v.check((name) => !RESERVED.has(name.toLowerCase()), 'expected a header that may be set'),
);

const httpHeaders = v.pipe(
  v.record(
    headerName,
    v.strictObject({
      values: v.optional(texts, []),
      secrets: v.optional(texts, []),
      files: v.optional(texts, []),
    }),
  ),
  v.transform((record) =>
    Object.entries(record).map(([name, { values, secrets, files }]): HeaderConfig => {
      const inline = [...values, ...secrets].map((value) => ({ value }));
      return { name: name.toLowerCase(), values: [...inline, ...files.map((file) => ({ file }))] };
    }),
  ),
);

/** A list of texts for each header, as `proxy_connect_header` has. */
const connectHeaders = v.pipe(
  v.record(v.string(), texts),
  v.transform((record) =>
    Object.entries(record).map(([name, values]): HeaderConfig => {
      return { name: name.toLowerCase(), values: values.map((value) => ({ value })) };
    }),
  ),
);

const proxyUrl = v.pipe(
  text,
  v.check(
    (url) => /^https?:\/\//u.test(url) && URL.canParse(url),
    'expected the URL of an http or https proxy',
  ),
);

const NO_OAUTH2 =
  'oauth2 is not supported: use authorization with a credentials_file that a sidecar keeps fresh';

const entries = v.strictObject({
  basic_auth: v.optional(basicAuth),
  authorization: v.optional(authorization),
  bearer_token: v.optional(nonEmptyText),
  bearer_token_file: v.optional(nonEmptyText),
  oauth2: v.optional(v.never(NO_OAUTH2)),
  tls_config: v.optional(tlsConfig),
  proxy_url: v.optional(proxyUrl),
  no_proxy: v.optional(text),
  proxy_from_environment: v.optional(flag, 'false'),
  proxy_connect_header: v.optional(connectHeaders, {}),
  follow_redirects: v.optional(flag, 'true'),
  // HTTP/2 is spoken where both sides can; Alertmanager's switch changes nothing here.
  enable_http2: v.optional(flag, 'true'),
  http_headers: v.optional(httpHeaders, {}),
});

type Entries = v.InferOutput<typeof entries>;

export const httpConfig: v.GenericSchema<unknown, HttpConfig> = v.pipe(
  entries,
  v.check(
    (config) => authorizationsOf(config).length <= 1,
    'expected at most one of basic_auth, authorization, bearer_token and bearer_token_file',
  ),
  v.check(
    (config) => config.proxy_url === undefined || !config.proxy_from_environment,
    atMostOne('proxy_url', 'proxy_from_environment'),
  ),
  v.check(
    (config) => config.no_proxy === undefined || config.proxy_url !== undefined,
    'expected no_proxy together with proxy_url',
  ),
  v.transform(completeConfig),
);

function authorizationsOf(config: Entries): readonly Authorization[] {
  const { basic_auth, authorization: token, bearer_token, bearer_token_file } = config;
  const bearers = [secretOf(bearer_token, undefined), secretOf(undefined, bearer_token_file)];
  return [
    ...[basic_auth, token].filter((one) => one !== undefined),
    ...bearers
      .filter((one) => one !== undefined)
      .map((credentials): Authorization => ({ kind: 'token', type: 'Bearer', credentials })),
  ];
}

function completeConfig(config: Entries): HttpConfig {
  const [authorized] = authorizationsOf(config);
  const { tls_config: tls, proxy_url: url, no_proxy: noProxy } = config;
  const hasProxy = url !== undefined || config.proxy_from_environment;
  const connect = config.proxy_connect_header;
  return {
    ...(authorized === undefined ? {} : { authorization: authorized }),
    ...(tls === undefined ? {} : { tls }),
    ...(hasProxy ? { proxy: { url, noProxy, connectHeaders: connect } } : {}),
    followsRedirects: config.follow_redirects,
    headers: config.http_headers,
  };
}
