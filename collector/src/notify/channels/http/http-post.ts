import type {
  HttpMessage,
  HttpProxy,
  HttpTransport,
  OAuth2Client,
} from '../../../model/http-message.ts';
import type { TlsOptions } from '../../../model/tls-options.ts';
import type { ChannelContext } from '../channel.ts';
import { readSecret, type Secret } from '../fields.ts';
import type { Authorization } from './authorization.ts';
import type { HeaderConfig } from './header-config.ts';
import type { HttpConfig } from './http-config.ts';
import type { OAuth2Config } from './oauth2-config.ts';
import type { ProxyConfig } from './proxy-config.ts';
import type { TlsConfig } from './tls-config.ts';

/** What channels wait at most for an answer. */
export const HTTP_TIMEOUT_MS = 10_000;

/** What a channel posts. */
export interface Post {
  readonly url: string;
  readonly body: string;
  /** Beyond the usual ones; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly clientName: string;
}

/** A JSON request with what `http_config` adds. @throws when a secret or a file cannot be read. */
export function httpPost(post: Post, config: HttpConfig, context: ChannelContext): HttpMessage {
  const transport = transportOf(config, context);
  return {
    method: 'POST',
    url: post.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': post.clientName,
      ...headersOf(config.headers, context),
      ...authorizationHeader(config.authorization, context),
      ...post.headers,
    },
    body: post.body,
    timeoutMs: post.timeoutMs ?? HTTP_TIMEOUT_MS,
    ...(transport === undefined ? {} : { transport }),
  };
}

function authorizationHeader(
  authorization: Authorization | undefined,
  context: ChannelContext,
): Record<string, string> {
  if (authorization === undefined) return {};
  if (authorization.kind === 'token') {
    const { type, credentials } = authorization;
    return { authorization: `${type} ${readSecret(credentials, context)}` };
  }
  const { username, password } = authorization;
  const secret = password === undefined ? '' : readSecret(password, context);
  const pair = `${readSecret(username, context)}:${secret}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

function headersOf(
  headers: readonly HeaderConfig[],
  context: ChannelContext,
): Record<string, string> {
  return Object.fromEntries(
    headers.map(({ name, values }) => {
      const texts = values.map((value) => readSecret(value, context));
      return [name, texts.join(', ').replaceAll(/[\r\n]/gu, ' ')];
    }),
  );
}

function transportOf(config: HttpConfig, context: ChannelContext): HttpTransport | undefined {
  const { oauth2, followsRedirects } = config;
  const transport: HttpTransport = {
    ...connectionOf(config, context),
    ...(oauth2 === undefined ? {} : { oauth2: oauth2Client(oauth2, context) }),
    ...(followsRedirects ? {} : { followsRedirects: false }),
  };
  return Object.keys(transport).length === 0 ? undefined : transport;
}

function connectionOf(
  {
    tls,
    proxy,
  }: { readonly tls?: TlsConfig | undefined; readonly proxy?: ProxyConfig | undefined },
  context: ChannelContext,
): Pick<HttpTransport, 'tls' | 'proxy'> {
  return {
    ...(tls === undefined ? {} : { tls: tlsOptions(tls, context) }),
    ...(proxy === undefined ? {} : { proxy: proxyOf(proxy, context) }),
  };
}

/** @throws when the secret or a certificate cannot be read. */
function oauth2Client(oauth2: OAuth2Config, context: ChannelContext): OAuth2Client {
  const { clientId, clientSecret, tokenUrl, scopes, endpointParams } = oauth2;
  return {
    tokenUrl,
    clientId,
    clientSecret: readSecret(clientSecret, context),
    scopes,
    endpointParams,
    ...connectionOf(oauth2, context),
  };
}

function proxyOf(proxy: ProxyConfig, context: ChannelContext): HttpProxy {
  const headers = headersOf(proxy.connectHeaders, context);
  return {
    ...(proxy.url === undefined ? {} : { url: proxy.url }),
    ...(proxy.noProxy === undefined ? {} : { noProxy: proxy.noProxy }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** @throws when a file cannot be read. */
export function tlsOptions(tls: TlsConfig, context: ChannelContext): TlsOptions {
  const { serverName, isUnchecked, versionMin, versionMax } = tls;
  const given: Record<string, string | boolean | undefined> = {
    ca: pem(tls.ca, context),
    cert: pem(tls.cert, context),
    key: pem(tls.key, context),
    serverName,
    versionMin,
    versionMax,
    ...(isUnchecked ? { isUnchecked } : {}),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function pem(secret: Secret | undefined, context: ChannelContext): string | undefined {
  if (secret === undefined) return undefined;
  return 'value' in secret ? secret.value : context.readFile(secret.file);
}
