import type { FailureReason, SendOutcome } from '../../stages/retry.ts';
import { judgeHttpResult, parseRetryAfter } from '../../stages/retry.ts';
import type { DeliveryResult, ReceiverState } from '../channel.ts';
import { jsonBody, textOf } from '../json-body.ts';

/** Errors of Slack's that pass. */
const PASSING: ReadonlyMap<string, FailureReason> = new Map([
  ['ratelimited', 'rateLimited'],
  ['rate_limited', 'rateLimited'],
  ['internal_error', 'serverError'],
  ['fatal_error', 'serverError'],
  ['service_unavailable', 'serverError'],
  ['request_timeout', 'serverError'],
]);

const AUTH_ERRORS: ReadonlySet<string> = new Set([
  'account_inactive',
  'invalid_auth',
  'no_permission',
  'not_authed',
  'token_expired',
  'token_revoked',
]);

/** An incoming webhook answers `ok`, the API JSON whose `ok` decides whatever the status says. */
export function judgeSlack(result: DeliveryResult, nowMs: number): SendOutcome {
  const outcome = judgeHttpResult(result, nowMs);
  if (result.kind !== 'answer' || outcome.kind !== 'done') return outcome;
  const body = jsonBody(result.body);
  if (body === undefined) return judgeText(result.body);
  const asked = result.headers['retry-after'] ?? textOf(body['retry_after']);
  const retryAfterMs = parseRetryAfter(asked, nowMs);
  return body['ok'] === true ? done(body) : judgeError(textOf(body['error']), retryAfterMs);
}

function judgeText(body: string): SendOutcome {
  if (body.trim() === 'ok') return { kind: 'done' };
  return { kind: 'failed', reason: 'clientError', message: `Slack says: ${body.slice(0, 200)}` };
}

function judgeError(error: string, retryAfterMs: number | undefined): SendOutcome {
  const message = `Slack says: ${error.slice(0, 200)}`;
  const reason = PASSING.get(error);
  if (reason === undefined) {
    return {
      kind: 'failed',
      reason: AUTH_ERRORS.has(error) ? 'authError' : 'clientError',
      message,
    };
  }
  return {
    kind: 'retry',
    reason,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Where the message is, for `chat.update`. */
function done(body: Readonly<Record<string, unknown>>): SendOutcome {
  const { ts, channel } = body;
  if (typeof ts !== 'string' || typeof channel !== 'string') return { kind: 'done' };
  const state: ReceiverState = { ts, channel };
  return { kind: 'done', state };
}
