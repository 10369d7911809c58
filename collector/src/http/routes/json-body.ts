import type { ServerRequest } from '../message.ts';

/** What a client sent cannot be used; the message says why. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/**
 * The JSON body of a write. The content type must be JSON: a form of a foreign web page cannot send
 * that without asking first.
 *
 * @throws {BadRequest}
 */
export function jsonBody({ headers, body }: ServerRequest): unknown {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new BadRequest('the body must have the content type application/json');
  }
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new BadRequest('the body is not valid JSON');
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {BadRequest} when a value is there and no text. */
export function optionalText(
  body: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new BadRequest(`${name} must be a text`);
}

/** Go's zero time, by which clients in Go say that a time is not set. */
const UNSET = /^0001-01-01T00:00:00(?:\.0+)?(?:Z|\+00:00)$/u;

/** Milliseconds of an RFC 3339 time. @throws {BadRequest} when it is none. */
export function optionalTime(
  body: Readonly<Record<string, unknown>>,
  name: string,
): number | undefined {
  const text = optionalText(body, name);
  if (text === undefined || text === '' || UNSET.test(text)) return undefined;
  const timeMs = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT/u.test(text) && !Number.isNaN(timeMs)) return timeMs;
  throw new BadRequest(`${name} must be an RFC 3339 time: current value is "${text}"`);
}

/** A map of texts. @throws {BadRequest} when it is something else. */
export function textMap(
  body: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, string> {
  const value = body[name] ?? {};
  if (isRecord(value) && Object.values(value).every((each) => typeof each === 'string')) {
    return value as Record<string, string>;
  }
  throw new BadRequest(`${name} must be a map of texts`);
}
