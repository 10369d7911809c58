import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';

import type { Delivery } from '../../../../../collector/src/notify/channels/channel.ts';
import { signatureHeaders } from '../../../../../collector/src/notify/channels/webhook/sign.ts';
import { CONTEXT, channelOf, notificationOf } from '../../../../support/notify/channel-of.ts';

const SECRET = `whsec_${Buffer.from('a key of the test, 32 bytes long').toString('base64')}`;

test('the verifier of Standard Webhooks takes any message as signed, and none that was changed', () => {
  // The verifier checks the time against its own clock.
  const nowMs = Date.now();
  fc.assert(
    fc.property(fc.json(), fc.uuid(), (body, id) => {
      const headers = { ...signatureHeaders(SECRET, { id, nowMs, body }) };
      const verifier = new Webhook(SECRET);
      expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => verifier.verify(`${body} `, headers)).toThrow('No matching signature');
      expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'x' })).toThrow(
        'No matching signature',
      );
    }),
    { numRuns: 50 },
  );
});

function headersOf(delivery: Delivery): Readonly<Record<string, string>> {
  return delivery.kind === 'http' ? delivery.message.headers : {};
}

test('a webhook is signed when its receiver has a secret; the id is the idempotency key', () => {
  const signingSecrets = { all: { file: 'signing' } };
  const channel = channelOf('webhook', { url: 'https://h/' }, { setup: { signingSecrets } });
  const context = { ...CONTEXT, readSecret: () => SECRET };
  const headers = headersOf(channel.prepare(notificationOf(), context));
  expect(headers).toMatchObject({
    'webhook-id': headers['idempotency-key'],
    'webhook-timestamp': String(Math.floor(CONTEXT.nowMs / 1000)),
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/u),
  });
  const other = channel.prepare(notificationOf({ receiver: 'other' }), context);
  expect(headersOf(other)).not.toHaveProperty('webhook-id');
});

test('a secret that is none is refused without being shown', () => {
  const sign = (): unknown => signatureHeaders('whsec_hush hush', { id: 'i', nowMs: 0, body: '' });
  expect(sign).toThrow(
    /^Cannot sign the webhook: expected a secret of whsec_ and a key in base64$/u,
  );
});
