import { isSecretName } from './secret-names.ts';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Without any of these characters a text holds none of the forms below. */
const MAY_HOLD_SECRETS = /[=:@_-]|bearer|basic|eyJ|A[KS]IA|AIza/iu;

/** User and password of an address. A password may hold an `@`, so the last one counts. */
const ADDRESS_CREDENTIALS = /\b([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#"'<>]{1,1024}@/giu;
/** Headers whose value has spaces. */
const HEADERS =
  /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}[:=](?!\s{0,8}["']?\[redacted)\s{0,8}["']?)[^"'\r\n]+/giu;
/** The beginning of `name=value`, `--name=value`, `name: value` and `"name":"value"`. */
const NAME = /(?<![\w.]|[\w.]-{1,2})([a-z][\w.-]{1,80})["']?\s{0,8}[:=]\s{0,8}/giu;
const VALUE = /"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&"'})\]]+/uy;
const SCHEMES = /\b(bearer|basic)\s+(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}/giu;

/** Keys that are recognized by how they begin. */
const KNOWN_KEYS =
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|\bA[KS]IA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abeprs]-[\w-]{10,}|\bAIza[\w-]{30,}|\bsk[-_][\w-]{16,}|\b(?:pk|rk)_live_\w{16,}|\bhf_\w{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bwhsec_[\w+/=]{16,}/gu;
const PEM = /-----BEGIN ([A-Z ]{0,30}PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/gu;
const SLACK_HOOK = /(hooks\.slack\.com\/services\/)[\w/]+/giu;

/**
 * A text without the secrets in it: credentials of addresses, values of secret names, tokens behind
 * `Bearer`, private keys, and keys that are recognized by how they begin. Masking twice changes nothing.
 */
export function maskText(text: string): string {
  if (!MAY_HOLD_SECRETS.test(text)) return text;
  const masked = text
    .replaceAll(PEM, REDACTED)
    .replaceAll(ADDRESS_CREDENTIALS, `$1${REDACTED}@`)
    .replaceAll(SLACK_HOOK, `$1${REDACTED}`)
    .replaceAll(HEADERS, (_all, name: string, between: string) => `${name}${between}${REDACTED}`)
    .replaceAll(SCHEMES, `$1 ${REDACTED}`)
    .replaceAll(KNOWN_KEYS, REDACTED);
  return maskPairs(masked);
}

/** Values of secret names. A value may be a pair itself: `config: password=x`. */
function maskPairs(text: string): string {
  let masked = '';
  let fromIndex = 0;
  for (const match of text.matchAll(NAME)) {
    const start = match.index + match[0].length;
    if (start <= fromIndex || !isSecretName(match[1] ?? '')) continue;
    VALUE.lastIndex = start;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined || text.startsWith(REDACTED, start)) continue;
    const quote = /^["']/u.exec(value)?.[0] ?? '';
    masked += `${text.slice(fromIndex, start)}${quote}${REDACTED}${quote}`;
    fromIndex = start + value.length;
  }
  return masked + text.slice(fromIndex);
}
