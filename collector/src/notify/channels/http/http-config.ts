import * as v from 'valibot';

import { flag, nonEmptyText, secretOf } from '../fields.ts';
import { type Authorization, authorization, basicAuth } from './authorization.ts';
import { type HeaderConfig, httpHeaders } from './header-config.ts';
import { type OAuth2Config, oauth2Config } from './oauth2-config.ts';
import { type ProxyConfig, proxyConfig, proxyFields, proxyProblem } from './proxy-config.ts';
import { type TlsConfig, tlsConfig } from './tls-config.ts';

/** `http_config` of `alertmanager.yml`: how a channel reaches its destination. */
export interface HttpConfig {
  readonly authorization?: Authorization;
  readonly oauth2?: OAuth2Config;
  readonly tls?: TlsConfig;
  readonly proxy?: ProxyConfig;
  readonly followsRedirects: boolean;
  readonly headers: readonly HeaderConfig[];
}

export const DEFAULT_HTTP_CONFIG: HttpConfig = { followsRedirects: true, headers: [] };

/** Keys of `http_config` and `tls_config` that hold a secret. */
export const HTTP_SECRET_KEYS: readonly string[] = [
  'password',
  'credentials',
  'client_secret',
  'bearer_token',
  'secrets',
  'key',
  'proxy_url',
];

const entries = v.strictObject({
  basic_auth: v.optional(basicAuth),
  authorization: v.optional(authorization),
  bearer_token: v.optional(nonEmptyText),
  bearer_token_file: v.optional(nonEmptyText),
  oauth2: v.optional(oauth2Config),
  tls_config: v.optional(tlsConfig),
  ...proxyFields,
  follow_redirects: v.optional(flag, 'true'),
  // HTTP/2 is spoken where both sides can; Alertmanager's switch changes nothing here.
  enable_http2: v.optional(flag, 'true'),
  http_headers: v.optional(httpHeaders, {}),
});

type Entries = v.InferOutput<typeof entries>;

export const httpConfig: v.GenericSchema<unknown, HttpConfig> = v.pipe(
  entries,
  v.check(
    (config) => authorizationsOf(config).length + (config.oauth2 === undefined ? 0 : 1) <= 1,
    'expected at most one of basic_auth, authorization, bearer_token, bearer_token_file and oauth2',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? proxyProblem(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
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
  const { tls_config: tls, oauth2 } = config;
  const proxy = proxyConfig(config);
  return {
    ...(authorized === undefined ? {} : { authorization: authorized }),
    ...(oauth2 === undefined ? {} : { oauth2 }),
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy }),
    followsRedirects: config.follow_redirects,
    headers: config.http_headers,
  };
}
