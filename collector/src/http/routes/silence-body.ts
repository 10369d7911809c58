import type { Matcher } from '../../model/matcher.ts';
import type { SilenceRequest } from '../../notify/stages/muting/silence.ts';
import { BadRequest, isRecord, optionalText, optionalTime } from './json-body.ts';

/**
 * A silence as a client posts it, with the key's name where a request without keys has no name.
 *
 * @param fallback times where the body has none.
 * @throws {BadRequest}
 */
export function readSilence(
  body: unknown,
  actor: string,
  fallback: { readonly startsAtMs?: number; readonly endsAtMs?: number } = {},
): SilenceRequest {
  if (!isRecord(body)) throw new BadRequest('the body must be a silence');
  const startsAtMs = optionalTime(body, 'startsAt') ?? fallback.startsAtMs;
  const endsAtMs = optionalTime(body, 'endsAt') ?? fallback.endsAtMs;
  if (startsAtMs === undefined) throw new BadRequest('startsAt is required');
  if (endsAtMs === undefined) throw new BadRequest('endsAt is required');
  const id = optionalText(body, 'id') ?? '';
  const named = optionalText(body, 'createdBy') ?? '';
  return {
    ...(id === '' ? {} : { id }),
    matchers: readMatchers(body['matchers']),
    startsAtMs,
    endsAtMs,
    // A key says who it was, whatever the body claims.
    createdBy: actor === 'anonymous' ? named : signedBy(actor, named),
    comment: optionalText(body, 'comment') ?? '',
  };
}

/** `grafana (alice)`: the key that was used, and whom its holder names. */
export function signedBy(actor: string, named: string): string {
  return named === '' || named === actor ? actor : `${actor} (${named})`;
}

/** @throws {BadRequest} */
export function readMatchers(list: unknown): readonly Matcher[] {
  if (!Array.isArray(list)) throw new BadRequest('matchers must be a list');
  return list.map((entry: unknown): Matcher => {
    if (!isRecord(entry)) throw new BadRequest('a matcher must be a map');
    const { name, value, isRegex = false, isEqual = true } = entry;
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw new BadRequest('a matcher needs a name and a value');
    }
    if (typeof isRegex !== 'boolean' || typeof isEqual !== 'boolean') {
      throw new BadRequest('isRegex and isEqual of a matcher must be true or false');
    }
    if (isRegex) return { name, value, operator: isEqual ? '=~' : '!~' };
    return { name, value, operator: isEqual ? '=' : '!=' };
  });
}
