import { judgeHttpResult, parseRetryAfter, type SendOutcome } from '../../stages/retry.ts';
import type { DeliveryResult } from '../channel.ts';

/** Discord says when the next message may come with the last one that it takes, not only too late. */
export function judgeDiscord(result: DeliveryResult, nowMs: number): SendOutcome {
  const outcome = judgeHttpResult(result, nowMs);
  if (result.kind !== 'answer' || outcome.kind !== 'done') return outcome;
  const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset-after': reset } = result.headers;
  const pauseMs = remaining === '0' ? parseRetryAfter(reset, nowMs) : undefined;
  return pauseMs === undefined ? outcome : { ...outcome, pauseMs };
}
