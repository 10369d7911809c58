import type { SendOutcome } from '../../stages/retry.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { DeliveryResult } from '../channel.ts';
import { jsonBody } from '../json-body.ts';

/** Discord says in fractions of seconds when the next message may come, also before it refuses. */
export function judgeDiscord(result: DeliveryResult, nowMs: number): SendOutcome {
  const outcome = judgeHttpResult(result, nowMs);
  if (result.kind !== 'answer') return outcome;
  const { headers, body } = result;
  if (outcome.kind === 'done') {
    const pauseMs = headers['x-ratelimit-remaining'] === '0' ? resetMs(headers) : undefined;
    return pauseMs === undefined ? outcome : { ...outcome, pauseMs };
  }
  if (outcome.kind !== 'retry' || result.status !== 429) return outcome;
  const seconds = jsonBody(body)?.['retry_after'];
  const retryAfterMs = secondsMs(seconds) ?? outcome.retryAfterMs ?? resetMs(headers);
  return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs };
}

function resetMs(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['x-ratelimit-reset-after'];
  return text === undefined || text === '' ? undefined : secondsMs(Number(text));
}

function secondsMs(seconds: unknown): number | undefined {
  const isTime = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  return isTime ? Math.ceil(seconds * 1000) : undefined;
}
