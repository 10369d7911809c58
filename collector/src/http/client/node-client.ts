import { Agent, type Dispatcher, request } from 'undici';

import type { HttpMessage, HttpResult, OAuth2Client } from '../../model/http-message.ts';
import { OAuth2Tokens } from './oauth2-tokens.ts';
import { redirectTarget } from './redirect.ts';
import { WaysOut } from './way-out.ts';

/** Answers are read up to here; a receiver that sends more is cut off. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** How long the body of an answer may take after its status, which is all that decides. */
const BODY_TIMEOUT_MS = 1000;

const REDIRECTS_MAX = 5;

/**
 * `fetch` refuses the ports on the browsers' block list (10080 among them) and reads redirects by
 * their rules; this client has neither. Each message brings its own time limit.
 */
const DIRECT: Dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

const WAYS_OUT = new WaysOut();

const TOKENS = new OAuth2Tokens();

/**
 * Sends a message and waits for its answer. Never rejects.
 *
 * The status decides: a body that never ends or breaks off is cut and its beginning kept. A
 * redirect is followed only when it keeps method and body (307, 308) and stays on the host, for a
 * destination comes from configuration and never from an answer; any other is the answer.
 *
 * @param direct how to connect when the message asks for no certificates or proxy of its own.
 */
export async function sendHttp(
  message: HttpMessage,
  direct: Dispatcher = DIRECT,
): Promise<HttpResult> {
  const oauth2 = message.transport?.oauth2;
  if (oauth2 === undefined) return sendAsItIs(message, direct);
  try {
    const result = await sendWithToken(message, oauth2, direct);
    if (result.kind !== 'answer' || result.status !== 401) return result;
    // The token may have been withdrawn before its end.
    TOKENS.forget(oauth2);
    return await sendWithToken(message, oauth2, direct);
  } catch (cause) {
    return { kind: 'no answer', reason: 'network', message: explain(cause) };
  }
}

/** @throws {Error} when there is no token to be had. */
async function sendWithToken(
  message: HttpMessage,
  oauth2: OAuth2Client,
  direct: Dispatcher,
): Promise<HttpResult> {
  const ask = (request: HttpMessage): Promise<HttpResult> => sendAsItIs(request, direct);
  const authorization = await TOKENS.header(oauth2, message.timeoutMs, ask);
  return sendAsItIs({ ...message, headers: { ...message.headers, authorization } }, direct);
}

async function sendAsItIs(message: HttpMessage, direct: Dispatcher): Promise<HttpResult> {
  const signal = AbortSignal.timeout(message.timeoutMs);
  const hopsMax = message.transport?.followsRedirects === false ? 0 : REDIRECTS_MAX;
  try {
    const dispatcher = WAYS_OUT.find(message.transport) ?? direct;
    let { url } = message;
    for (let hops = 0; ; hops += 1) {
      const response = await request(url, optionsOf(message, { signal, dispatcher }));
      const headers = flatHeaders(response.headers);
      const next = redirectTarget({ status: response.statusCode, headers, url });
      if (next === undefined || hops >= hopsMax) {
        const body = await readStart(response.body);
        return { kind: 'answer', status: response.statusCode, headers, body };
      }
      discard(response.body);
      url = next;
    }
  } catch (cause) {
    const reason = isTimeout(cause) ? 'timeout' : 'network';
    return { kind: 'no answer', reason, message: explain(cause) };
  }
}

function optionsOf(
  { method, headers, body }: HttpMessage,
  way: { readonly signal: AbortSignal; readonly dispatcher: Dispatcher },
): Parameters<typeof request>[1] & object {
  return { ...way, method, headers: { ...headers }, ...(method === 'GET' ? {} : { body }) };
}

type Body = Dispatcher.ResponseData['body'];

/** The beginning of a body, as far as it comes in time. */
async function readStart(body: Body): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => discard(body), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).byteLength;
      if (size > ANSWER_BYTES_MAX) break;
    }
  } catch {
    // The status has come; what is missing of the body changes nothing.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

/** Ends a body that is not read; its connection goes with it. */
function discard(body: Body): void {
  // A body that is destroyed emits an error, which without a listener would end the process.
  body.on('error', () => undefined);
  body.destroy();
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

const TIMEOUT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return error.name === 'TimeoutError' || (code !== undefined && TIMEOUT_CODES.has(code));
}

/** The innermost reason, such as "connection refused". */
function explain(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  if (current instanceof AggregateError) current = (current.errors as unknown[])[0] ?? current;
  if (!(current instanceof Error)) return String(current);
  const { code } = current as NodeJS.ErrnoException;
  return code === undefined || current.message.includes(code)
    ? current.message
    : `${code} ${current.message}`.trim();
}
