import * as v from 'valibot';

import {
  atMostOne,
  httpUrl,
  nonEmptyText,
  type Secret,
  secretOf,
  textMap,
  texts,
} from '../fields.ts';
import { type ProxyConfig, proxyConfig, proxyFields, proxyProblem } from './proxy-config.ts';
import { type TlsConfig, tlsConfig } from './tls-config.ts';

/** `oauth2` of an `http_config`: a token that the client gets by its own credentials. */
export interface OAuth2Config {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  /** Further fields of the request for a token. */
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: TlsConfig | undefined;
  readonly proxy: ProxyConfig | undefined;
}

const ONLY_SECRETS = 'oauth2 by a signed assertion is not supported: use client_secret_file';

const grantType = v.pipe(
  nonEmptyText,
  v.check((type) => type === 'client_credentials', ONLY_SECRETS),
);

export const oauth2Config: v.GenericSchema<unknown, OAuth2Config> = v.pipe(
  v.strictObject({
    client_id: nonEmptyText,
    client_secret: v.optional(nonEmptyText),
    client_secret_file: v.optional(nonEmptyText),
    client_certificate_key: v.optional(v.never(ONLY_SECRETS)),
    client_certificate_key_file: v.optional(v.never(ONLY_SECRETS)),
    grant_type: v.optional(grantType),
    token_url: httpUrl,
    scopes: v.optional(texts, []),
    endpoint_params: v.optional(textMap, {}),
    tls_config: v.optional(tlsConfig),
    ...proxyFields,
  }),
  v.check(
    (oauth2) => !(oauth2.client_secret && oauth2.client_secret_file),
    atMostOne('client_secret', 'client_secret_file'),
  ),
  v.check(
    (oauth2) => Boolean(oauth2.client_secret ?? oauth2.client_secret_file),
    'expected client_secret or client_secret_file',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? proxyProblem(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
  v.transform((oauth2) => ({
    clientId: oauth2.client_id,
    clientSecret: secretOf(oauth2.client_secret, oauth2.client_secret_file) ?? { value: '' },
    tokenUrl: oauth2.token_url,
    scopes: oauth2.scopes,
    endpointParams: oauth2.endpoint_params,
    tls: oauth2.tls_config,
    proxy: proxyConfig(oauth2),
  })),
);
