import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * Headers by which the receiver knows that a message is ours and fresh (Standard Webhooks): an id
 * that is equal for every attempt, the time in seconds, and an HMAC-SHA256 over both and the body.
 *
 * @param secret `whsec_` and the key in base64.
 * @throws {Error} when the secret is no such text; the message does not show it.
 */
export function signatureHeaders(
  secret: string,
  { id, nowMs, body }: { readonly id: string; readonly nowMs: number; readonly body: string },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', keyOf(secret))
    .update(`${id}.${timestamp}.${body}`, 'utf8')
    .digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/u.test(text)) {
    throw new Error('Cannot sign the webhook: expected a secret of whsec_ and a key in base64');
  }
  return Buffer.from(text, 'base64');
}
