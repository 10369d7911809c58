import type { HttpResult } from '../../model/http-message.ts';
import type { MailResult } from '../../model/mail-message.ts';

/** Alertmanager's names, used in history and as a metric label. */
export type FailureReason =
  | 'clientError'
  | 'authError'
  | 'rateLimited'
  | 'serverError'
  | 'contextDeadlineExceeded'
  | 'networkError'
  | 'other';

export type SendOutcome =
  | {
      readonly kind: 'done';
      /** To be handed to the channel with the group's next message; replaces what was there. */
      readonly state?: Readonly<Record<string, string>>;
      /** The destination asked for a pause before the next message, though it took this one. */
      readonly pauseMs?: number;
    }
  | {
      readonly kind: 'retry';
      readonly reason: FailureReason;
      readonly message: string;
      /** What the receiver asked for; absent where it left that to us. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string };

export interface BackoffOptions {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** 0.2 spreads the delay by 20 % to either side. */
  readonly jitter: number;
}

/** A receiver that asks for more than this is tried again all the same. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/** Answers of a receiver that is in trouble or busy; any other 4xx means that we are wrong. */
const RETRYABLE_STATUS = new Set([408, 425, 429]);

/**
 * A redirect that was not followed may be a login page in front of a receiver that is being
 * worked on, or an address to be corrected. Either way the message is not to be lost.
 */
const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** What an answer means for the message: delivered, try again, or give up. */
export function judgeHttpResult(result: HttpResult | MailResult, nowMs: number): SendOutcome {
  if (result.kind === 'mail') return judgeMail(result);
  if (result.kind === 'no answer') {
    const reason = result.reason === 'timeout' ? 'contextDeadlineExceeded' : 'networkError';
    return { kind: 'retry', reason, message: result.message };
  }
  const { status, headers, body } = result;
  if (status >= 200 && status < 300) return { kind: 'done' };
  const message = isRedirect(status)
    ? `status ${status}: redirects to ${originOf(headers['location'])}; use the final address`
    : `status ${status}: ${body.slice(0, 200)}`;
  const reason = reasonOfStatus(status);
  const isFinal = !RETRYABLE_STATUS.has(status) && !isRedirect(status) && status < 500;
  if (isFinal) return { kind: 'failed', reason, message };
  const retryAfterMs = retryAfterMsOf(result, nowMs);
  return {
    kind: 'retry',
    reason,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** SMTP: a code of 5xx is final, any other refusal a matter of time. */
function judgeMail({ state, code, message }: MailResult): SendOutcome {
  if (state === 'accepted') return { kind: 'done' };
  const reason = code === 530 || code === 535 ? 'authError' : 'clientError';
  if (code !== undefined && code >= 500) return { kind: 'failed', reason, message };
  return { kind: 'retry', reason: 'serverError', message };
}

/**
 * How long a receiver asks to be left alone, in every form that is in use: the header in seconds or
 * as a date, Discord's `X-RateLimit-Reset-After`, or `retry_after` in a JSON body (seconds, possibly
 * a fraction; Telegram has it below `parameters`).
 */
function retryAfterMsOf(
  { headers, body }: Extract<HttpResult, { kind: 'answer' }>,
  nowMs: number,
): number | undefined {
  const waits = [
    parseRetryAfter(headers['retry-after'], nowMs),
    parseRetryAfter(headers['x-ratelimit-reset-after'], nowMs),
    bodyRetryAfterMs(body),
  ].filter((wait) => wait !== undefined);
  // The forms differ by their rounding; the longest is the safe one.
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function bodyRetryAfterMs(body: string): number | undefined {
  if (!body.includes('retry_after')) return undefined;
  try {
    const answer = JSON.parse(body) as {
      readonly retry_after?: unknown;
      readonly parameters?: { readonly retry_after?: unknown };
    } | null;
    const seconds = Number(answer?.retry_after ?? answer?.parameters?.retry_after ?? Number.NaN);
    return Number.isFinite(seconds) ? secondsToWaitMs(seconds) : undefined;
  } catch {
    return undefined;
  }
}

function secondsToWaitMs(seconds: number): number {
  return Math.min(Math.max(0, Math.ceil(seconds * 1000)), RETRY_AFTER_MS_MAX);
}

/** Milliseconds to wait, from seconds or an HTTP date; `undefined` when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/u.test(text)) return secondsToWaitMs(Number(text));
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : secondsToWaitMs((dateMs - nowMs) / 1000);
}

/**
 * The wait before the next attempt.
 *
 * @param attempts attempts so far, at least 1.
 * @param random between 0 and 1.
 */
export function backoffMs(attempts: number, random: number, options: BackoffOptions): number {
  const { initialMs, factor, maxMs, jitter } = options;
  const baseMs = Math.min(maxMs, initialMs * factor ** (attempts - 1));
  return Math.round(baseMs * (1 + jitter * (2 * random - 1)));
}

/** The rest of an address may hold a secret. */
function originOf(location = ''): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path';
}

function reasonOfStatus(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 500) return 'serverError';
  return status >= 400 ? 'clientError' : 'other';
}
