import type { HttpMessage, HttpResult } from '../model/http-message.ts';

/** Answers are read up to here; a receiver that sends more is cut off. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Sends a message and waits for the whole answer. Never rejects.
 *
 * Redirects are not followed: a destination comes from configuration, never from an answer.
 */
export async function sendHttp(message: HttpMessage): Promise<HttpResult> {
  try {
    const response = await fetch(message.url, {
      method: message.method,
      headers: message.headers,
      ...(message.method === 'GET' ? {} : { body: message.body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(message.timeoutMs),
    });
    const headers = Object.fromEntries(response.headers);
    return { kind: 'answer', status: response.status, headers, body: await readStart(response) };
  } catch (cause) {
    const isTimeout = (cause as Error).name === 'TimeoutError';
    const reason = isTimeout ? 'timeout' : 'network';
    return { kind: 'no answer', reason, message: explain(cause) };
  }
}

async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).byteLength;
    if (size > ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

/** The innermost reason, which is where `fetch` hides "connection refused". */
function explain(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  if (!(current instanceof Error)) return String(current);
  const { code } = current as NodeJS.ErrnoException;
  return code === undefined ? current.message : `${code} ${current.message}`.trim();
}
