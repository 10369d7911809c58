import { createHash } from 'node:crypto';

import type { HttpMessage, HttpResult, OAuth2Client } from '../../model/http-message.ts';

/** A token is renewed this long before its end, so that it is good when it arrives. */
const RENEW_BEFORE_MS = 10_000;

/** Clients whose tokens are kept; a configuration has a few. */
const KEPT_MAX = 32;

/** Anything else could not be a header. */
const TOKEN_PATTERN = /^[!-~]+$/u;

interface Asked {
  /** The value of the header `authorization`. */
  readonly header: Promise<string>;
  /** By the monotonic clock; infinity until the answer says, or when it does not. */
  untilMs: number;
}

/** Sends the request for a token; never rejects. */
export type SendRequest = (message: HttpMessage) => Promise<HttpResult>;

/**
 * Tokens of OAuth 2 by the client credentials that they are for: kept until shortly before their
 * end, and asked for once when many messages want one. Changed credentials are another client.
 */
export class OAuth2Tokens {
  readonly #asked: Map<string, Asked> = new Map();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * The value of the header `authorization`.
   *
   * @throws {Error} when there is no token to be had; the message holds no secret.
   */
  async header(client: OAuth2Client, timeoutMs: number, send: SendRequest): Promise<string> {
    const key = keyOf(client);
    const known = this.#asked.get(key);
    if (known !== undefined && known.untilMs > this.#monotonicMs()) return known.header;
    const asked: Asked = {
      untilMs: Number.POSITIVE_INFINITY,
      header: askForToken(client, timeoutMs, send).then((result) => {
        const { header, lifeMs } = readToken(result);
        asked.untilMs = this.#monotonicMs() + lifeMs - RENEW_BEFORE_MS;
        return header;
      }),
    };
    this.#keep(key, asked);
    try {
      return await asked.header;
    } catch (cause) {
      // The next message asks again.
      if (this.#asked.get(key) === asked) this.#asked.delete(key);
      throw cause;
    }
  }

  /** The destination did not take the token: the next message asks for another. */
  forget(client: OAuth2Client): void {
    this.#asked.delete(keyOf(client));
  }

  #keep(key: string, asked: Asked): void {
    // A key that is set again keeps its place in a map: deleted first, it stands last, as the newest.
    this.#asked.delete(key);
    this.#asked.set(key, asked);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > KEPT_MAX && oldest !== undefined) this.#asked.delete(oldest);
  }
}

/** The secret itself does not stay in the map longer than it is used. */
function keyOf(client: OAuth2Client): string {
  return createHash('sha256').update(JSON.stringify(client), 'utf8').digest('hex');
}

/**
 * Most servers take the credentials as a header, as the standard wants it; some take them only in
 * the form, which is tried when the header is refused.
 */
async function askForToken(
  client: OAuth2Client,
  timeoutMs: number,
  send: SendRequest,
): Promise<HttpResult> {
  const { clientId, clientSecret } = client;
  const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  const authorization = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  const result = await send(
    tokenRequest(client, { timeoutMs, headers: { authorization }, fields: {} }),
  );
  const isRefused = result.kind === 'answer' && (result.status === 400 || result.status === 401);
  if (!isRefused) return result;
  const fields = { client_id: clientId, client_secret: clientSecret };
  return send(tokenRequest(client, { timeoutMs, headers: {}, fields }));
}

function tokenRequest(
  { tokenUrl, scopes, endpointParams, tls, proxy }: OAuth2Client,
  {
    timeoutMs,
    headers,
    fields,
  }: {
    readonly timeoutMs: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly fields: Readonly<Record<string, string>>;
  },
): HttpMessage {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  for (const [name, value] of Object.entries(endpointParams)) form.set(name, value);
  return {
    method: 'POST',
    url: tokenUrl,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...headers,
    },
    body: form.toString(),
    timeoutMs,
    transport: {
      ...(tls === undefined ? {} : { tls }),
      ...(proxy === undefined ? {} : { proxy }),
      // Credentials go nowhere that only an answer names.
      followsRedirects: false,
    },
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** @throws {Error} when the answer brings no token. */
function readToken(result: HttpResult): { readonly header: string; readonly lifeMs: number } {
  if (result.kind === 'no answer') throw new Error(`no OAuth 2 token: ${result.message}`);
  const answer = parseAnswer(result.body);
  if (result.status !== 200) {
    const reason = [answer['error'], answer['error_description']]
      .filter((text) => typeof text === 'string')
      .join(': ');
    throw new Error(`no OAuth 2 token: status ${result.status} ${reason.slice(0, 200)}`.trim());
  }
  const { access_token: token, token_type: type, expires_in: expiresIn } = answer;
  if (typeof token !== 'string' || !TOKEN_PATTERN.test(token)) {
    throw new Error('no OAuth 2 token: the answer has no access_token');
  }
  const seconds = Number(expiresIn ?? Number.NaN);
  return {
    header: `${typeName(type)} ${token}`,
    lifeMs: seconds > 0 ? seconds * 1000 : Number.POSITIVE_INFINITY,
  };
}

function typeName(type: unknown): string {
  if (typeof type !== 'string' || !/^[A-Za-z]+$/u.test(type)) return 'Bearer';
  return type.toLowerCase() === 'bearer' ? 'Bearer' : type;
}

function parseAnswer(body: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? { ...answer } : {};
  } catch {
    return {};
  }
}
