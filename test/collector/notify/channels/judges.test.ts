import { expect, test } from 'vitest';

import type { HttpResult } from '../../../../collector/src/model/http-message.ts';
import type { DeliveryResult } from '../../../../collector/src/notify/channels/channel.ts';
import { channelOf, NOW_MS } from '../../../support/notify/channel-of.ts';

const ENTRIES: Readonly<Record<string, object>> = {
  webhook: { url: 'https://h/x' },
  slack: { api_url: 'https://s/x' },
  discord: { webhook_url: 'https://d/x' },
  msteamsv2: { webhook_url: 'https://m/x' },
  pagerduty: { routing_key: 'R' },
  telegram: { bot_token: 't', chat_id: '1' },
  email: { to: 'a@b.c', from: 'd@e.f', smarthost: 'h:25' },
};

function answer(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): HttpResult {
  return { kind: 'answer', status, body, headers };
}

function judge(type: string, result: DeliveryResult): unknown {
  return channelOf(type, ENTRIES[type]).judge(result, NOW_MS);
}

const HTTP_TYPES = Object.keys(ENTRIES).filter((type) => type !== 'email');

/** One rule for all: what is our fault is final, what is theirs is tried again. */
test.for(HTTP_TYPES)('%s: every status is done, tried again or given up', (type) => {
  for (let status = 200; status < 600; status += 1) {
    const body = type === 'slack' ? 'ok' : '';
    const isRetried = status < 400 || status >= 500 || [408, 425, 429].includes(status);
    const other = isRetried ? 'retry' : 'failed';
    expect(judge(type, answer(status, body)), `status ${status}`).toMatchObject({
      kind: status < 300 ? 'done' : other,
    });
  }
});

test.for(Object.keys(ENTRIES))('%s: no answer is tried again', (type) => {
  const outcome = judge(type, { kind: 'no answer', reason: 'timeout', message: 'm' });
  expect(outcome).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded' });
});

test.for([
  ['webhook', answer(429, '', { 'retry-after': '7' }), 7_000],
  ['webhook', answer(503, '', { 'retry-after': 'Fri, 02 Jan 2026 03:05:05 GMT' }), 59_322],
  ['discord', answer(429, '{"retry_after": 0.65}'), 650],
  ['discord', answer(429, '{}', { 'retry-after': '2' }), 2_000],
  ['discord', answer(429, 'x', { 'x-ratelimit-reset-after': '1.5' }), 1_500],
  ['slack', answer(429, '', { 'retry-after': '30' }), 30_000],
  ['slack', answer(200, '{"ok":false,"error":"ratelimited"}', { 'retry-after': '4' }), 4_000],
  ['slack', answer(200, '{"ok":false,"error":"ratelimited","retry_after":3}'), 3_000],
  [
    'slack',
    answer(200, '{"ok":false,"error":"ratelimited"}', { 'retry-after': '9'.repeat(30) }),
    3_600_000,
  ],
  ['telegram', answer(429, '{"ok":false,"parameters":{"retry_after":12}}'), 12_000],
  ['msteamsv2', answer(429, '', { 'retry-after': '1' }), 1_000],
] as const)('%s waits as it is asked to: %o', ([type, result, retryAfterMs]) => {
  expect(judge(type, result)).toMatchObject({ kind: 'retry', retryAfterMs });
});

test.for([
  ['slack', answer(200, 'invalid_token'), { kind: 'failed', reason: 'clientError' }],
  [
    'slack',
    answer(200, '{"ok":false,"error":"constructor"}'),
    { kind: 'failed', reason: 'clientError' },
  ],
  [
    'slack',
    answer(200, '{"ok":false,"error":"invalid_auth"}'),
    { kind: 'failed', reason: 'authError' },
  ],
  [
    'slack',
    answer(200, '{"ok":false,"error":"fatal_error"}'),
    { kind: 'retry', reason: 'serverError' },
  ],
  [
    'slack',
    answer(200, '{"ok":true,"ts":"1.2","channel":"C1"}'),
    { kind: 'done', state: { ts: '1.2', channel: 'C1' } },
  ],
  [
    'discord',
    answer(204, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.5' }),
    { kind: 'done', pauseMs: 500 },
  ],
  [
    'pagerduty',
    answer(
      400,
      '{"status":"invalid event","message":"Event object is invalid","errors":["a","b"]}',
    ),
    { kind: 'failed', message: 'status 400: Event object is invalid: a, b' },
  ],
  ['email', { kind: 'mail', state: 'accepted', message: '250' }, { kind: 'done' }],
  ['email', { kind: 'mail', state: 'refused', code: 451, message: 'm' }, { kind: 'retry' }],
  ['email', { kind: 'mail', state: 'refused', code: 550, message: 'm' }, { kind: 'failed' }],
  [
    'email',
    { kind: 'mail', state: 'refused', code: 535, message: 'm' },
    { kind: 'failed', reason: 'authError' },
  ],
] as const)('%s: %o', ([type, result, outcome]) => {
  expect(judge(type, result)).toMatchObject(outcome);
});
