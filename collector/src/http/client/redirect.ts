import type { HttpHeaders } from '../../model/http-message.ts';

/** Redirects that keep method and body. */
const REPEATABLE = new Set([307, 308]);

/**
 * Where an answer sends the same request again: to the same host, and never from TLS to none.
 *
 * @returns `undefined` when the answer is no redirect of that kind.
 */
export function redirectTarget(answer: {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The address that gave the answer. */
  readonly url: string;
}): string | undefined {
  const { location } = answer.headers;
  if (location === undefined || !REPEATABLE.has(answer.status)) return undefined;
  const from = new URL(answer.url);
  if (!URL.canParse(location, answer.url)) return undefined;
  const to = new URL(location, from);
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  if (to.hostname !== from.hostname) return undefined;
  if (isUpgrade) return to.href;
  return to.origin === from.origin ? to.href : undefined;
}
