import { HTML_TYPE, URL_TYPE } from '../html/html-escaper.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { type GoFunction, type ObjectValue, textOf } from '../value.ts';
import { HUMANIZE_FUNCTIONS } from './humanize.ts';
import { momentFunctions } from './moments.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { STRUCTURE_FUNCTIONS } from './structure.ts';
import { TEXT_FUNCTIONS } from './text.ts';

/** A text of a named type, which is no `string` for other functions, as in Go. */
function namedText(typeName: string, text: string): ObjectValue {
  return { kind: 'object', typeName, fields: {}, text };
}

function ofText(change: (text: string) => string | ObjectValue): GoFunction {
  return { parameters: ['string'], call: ([text]) => change(textOf(text)) };
}

/** @throws {Error} `invalid URL escape "%zz"`. */
function unescapeQuery(text: string): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/u.exec(text);
  if (bad !== null) throw new Error(`invalid URL escape ${JSON.stringify(bad[0])}`);
  const bytes: number[] = [];
  for (const part of text.match(/%[0-9a-fA-F]{2}|[\s\S]/gu) ?? []) {
    if (part.length === 3) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...encodeUtf8(part === '+' ? ' ' : part));
  }
  return decodeUtf8(bytes);
}

/** @throws {Error} `illegal base64 data`. */
function decodeBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(text)) {
    throw new Error('illegal base64 data');
  }
  return decodeUtf8(Array.from(atob(text), (character) => character.charCodeAt(0)));
}

function encodeBase64(text: string): string {
  let bytes = '';
  for (const byte of encodeUtf8(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** Names that a rule template has and a notification template has not are left out. */
const { match, reReplaceAll } = REGEX_FUNCTIONS;
const { toUpper, toLower } = TEXT_FUNCTIONS;
const { humanizeDuration } = HUMANIZE_FUNCTIONS;

/** Every word begins with a capital and goes on in small letters. */
function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/(?<![\p{L}\p{M}\p{N}_'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

const STATIC: Readonly<Record<string, GoFunction | undefined>> = {
  ...STRUCTURE_FUNCTIONS,
  match,
  reReplaceAll,
  toUpper,
  toLower,
  humanizeDuration,
  title: ofText(titleCase),
  trimSpace: ofText((text) => text.trim()),
  safeHtml: ofText((text) => namedText(HTML_TYPE, text)),
  safeUrl: ofText((text) => namedText(URL_TYPE, text)),
  urlUnescape: ofText(unescapeQuery),
  base64Encode: ofText(encodeBase64),
  base64Decode: ofText(decodeBase64),
};

/** The functions that Alertmanager gives to the templates of notifications. */
export function alertmanagerFunctions(nowMs: number): ReadonlyMap<string, GoFunction> {
  const functions = new Map<string, GoFunction>();
  for (const [name, one] of Object.entries({ ...STATIC, ...momentFunctions(nowMs) })) {
    if (one !== undefined) functions.set(name, one);
  }
  return functions;
}

/** Names only, for checking templates when they are loaded. */
export const ALERTMANAGER_FUNCTION_NAMES: ReadonlySet<string> = new Set(
  alertmanagerFunctions(0).keys(),
);
