import { encodeUtf8 } from '../utf8.ts';

/** What stands in place of a URL with a scheme that a mail may not link to. */
const REFUSED_URL = '#ZgotmplZ';
const SAFE_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'mailto']);
const UNRESERVED = /[A-Za-z0-9\-._~]/u;
const RESERVED = /[!#$&*+,/:;=?@[\]]/u;

/** Whether a URL has no scheme, or one that runs no code. */
function isSafeUrl(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon === -1) return true;
  const scheme = text.slice(0, colon);
  return scheme.includes('/') || SAFE_SCHEMES.has(scheme.toLowerCase());
}

/**
 * A value inside a URL attribute.
 *
 * @param before the URL's text before the value: at the beginning the scheme is checked, behind
 * `?` or `#` everything special is encoded.
 */
export function escapeUrlPart(
  text: string,
  { before, isTrusted }: { readonly before: string; readonly isTrusted: boolean },
): string {
  if (/[?#]/u.test(before)) return isTrusted ? normaliseUrl(text) : encodeUrlPart(text);
  const isStart = before.trim() === '';
  if (isStart && !isTrusted && !isSafeUrl(text)) return REFUSED_URL;
  return normaliseUrl(text);
}

/** Keeps what has a meaning in a URL and encodes what may not stand there. */
function normaliseUrl(text: string): string {
  return text.replaceAll(/%[0-9a-fA-F]{2}|[\s\S]/gu, (part) =>
    part.length === 3 || UNRESERVED.test(part) || RESERVED.test(part) ? part : percent(part),
  );
}

function encodeUrlPart(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-._~]/gu, percent);
}

function percent(character: string): string {
  return encodeUtf8(character)
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('');
}
