import type { FailureReason, SendOutcome } from '../../stages/retry.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { DeliveryResult, ReceiverState } from '../channel.ts';
import { jsonBody, textOf } from '../json-body.ts';

/** Errors of Slack's that pass. */
const PASSING: Readonly<Record<string, FailureReason>> = {
  ratelimited: 'rateLimited',
  rate_limited: 'rateLimited',
  internal_error: 'serverError',
  fatal_error: 'serverError',
  service_unavailable: 'serverError',
  request_timeout: 'serverError',
};

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
  const retryAfterMs = retryAfterOf(body, result.headers);
  return body['ok'] === true ? done(body) : judgeError(textOf(body['error']), retryAfterMs);
}

function judgeText(body: string): SendOutcome {
  if (body.trim() === 'ok') return { kind: 'done' };
  return { kind: 'failed', reason: 'clientError', message: `Slack says: ${body.slice(0, 200)}` };
}

function judgeError(error: string, retryAfterMs: number | undefined): SendOutcome {
  const message = `Slack says: ${error.slice(0, 200)}`;
  const reason = PASSING[error];
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

/** Seconds, in the header or in the body. */
function retryAfterOf(
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
): number | undefined {
  const seconds = Number(headers['retry-after'] ?? body['retry_after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Where the message is, for `chat.update`. */
function done(body: Readonly<Record<string, unknown>>): SendOutcome {
  const { ts, channel } = body;
  if (typeof ts !== 'string' || typeof channel !== 'string') return { kind: 'done' };
  const state: ReceiverState = { ts, channel };
  return { kind: 'done', state };
}
