import { isPrintable, quoteGo } from '../../go-string.ts';
import { compareUtf8 } from '../../labels.ts';
import { encodeUtf8 } from '../utf8.ts';
import { type ListValue, type MapValue, type ObjectValue, typeName, type Value } from '../value.ts';
import { type FloatVerb, formatFloatVerb } from './float-verb.ts';

/** A verb of `printf` with what stands between it and the `%`. */
export interface Directive {
  readonly flags: string;
  readonly width?: number;
  readonly precision?: number;
  readonly verb: string;
}

/** Formats one value as Go's `fmt` does; a verb that does not fit gives `%!d(string=x)`. */
export function formatValue(value: Value, directive: Directive): string {
  if (directive.verb === 'T') {
    return pad(value === undefined ? '<nil>' : typeName(value), directive);
  }
  if (value === undefined) {
    return directive.verb === 'v' ? pad('<nil>', directive) : `%!${directive.verb}(<nil>)`;
  }
  if (typeof value === 'boolean') {
    const isFit = directive.verb === 't' || directive.verb === 'v';
    return isFit ? pad(String(value), directive) : badVerb(value, directive);
  }
  if (typeof value === 'bigint') return formatInteger(value, directive);
  if (typeof value === 'number') return formatNumber(value, directive);
  if (typeof value === 'string') return formatText(value, directive);
  return formatComposite(value, directive);
}

function badVerb(value: Value, directive: Directive): string {
  const flags = directive.flags.replaceAll(/[#+]/gu, '');
  const text = formatValue(value, { ...directive, flags, verb: 'v' });
  return `%!${directive.verb}(${typeName(value)}=${text})`;
}

function has(directive: Directive, flag: string): boolean {
  return directive.flags.includes(flag);
}

function pad(text: string, directive: Directive): string {
  const missing = (directive.width ?? 0) - characterCount(text);
  if (missing <= 0) return text;
  if (has(directive, '-')) return text + ' '.repeat(missing);
  return (has(directive, '0') ? '0' : ' ').repeat(missing) + text;
}

function characterCount(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10FFFF}]/gu)?.length ?? 0);
}

/** Zeros go between the sign and the digits. */
function padNumber(sign: string, digits: string, directive: Directive): string {
  const missing = (directive.width ?? 0) - sign.length - characterCount(digits);
  if (missing > 0 && has(directive, '0') && !has(directive, '-')) {
    return sign + '0'.repeat(missing) + digits;
  }
  return pad(sign + digits, { ...directive, flags: directive.flags.replaceAll('0', '') });
}

function signOf(isNegative: boolean, directive: Directive): string {
  if (isNegative) return '-';
  if (has(directive, '+') && directive.verb !== 'v') return '+';
  return has(directive, ' ') ? ' ' : '';
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  v: [10, ''],
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function formatInteger(value: bigint, directive: Directive): string {
  const { verb } = directive;
  if (verb === 'c') return pad(characterOf(value), directive);
  if (verb === 'q') return pad(quoteGo(characterOf(value), "'"), directive);
  if (verb === 'U') return pad(unicodeOf(value, directive), directive);
  if (BASES[verb] === undefined) return badVerb(value, directive);
  if (directive.precision === undefined) {
    return padNumber(signOf(value < 0n, directive), digitsOf(value, directive), directive);
  }
  if (directive.precision === 0 && value === 0n) return pad('', { ...directive, flags: '' });
  // A precision switches zero padding off, as in Go.
  const flags = directive.flags.replaceAll('0', '');
  const digits = digitsOf(value, directive);
  return padNumber(signOf(value < 0n, directive), digits, { ...directive, flags });
}

/** The digits of the magnitude in the base of the verb, with a prefix such as `0x` when wanted. */
function digitsOf(value: bigint, directive: Directive): string {
  const { verb } = directive;
  const [base, prefix] = BASES[verb] ?? [10, ''];
  const digits = (value < 0n ? -value : value)
    .toString(base)
    .padStart(directive.precision ?? 0, '0');
  const shown = verb === 'X' ? digits.toUpperCase() : digits;
  const isMarked = verb === 'O' || (has(directive, '#') && verb !== 'v');
  return isMarked ? prefix + shown : shown;
}

function characterOf(value: bigint): string {
  const isValid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isValid ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function unicodeOf(value: bigint, directive: Directive): string {
  const text = `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = characterOf(value);
  return has(directive, '#') && isPrintable(character) ? `${text} '${character}'` : text;
}

const FLOAT_VERBS: Readonly<Record<string, readonly [verb: FloatVerb, precision?: number]>> = {
  v: ['g'],
  g: ['g'],
  G: ['G'],
  e: ['e', 6],
  E: ['E', 6],
  f: ['f', 6],
  F: ['f', 6],
  b: ['b'],
  x: ['x'],
  X: ['X'],
};

function formatNumber(value: number, directive: Directive): string {
  const found = FLOAT_VERBS[directive.verb];
  if (found === undefined) return badVerb(value, directive);
  const [verb, usual] = found;
  const text = formatFloatVerb(value, verb, directive.precision ?? usual);
  const isNegative = text.startsWith('-');
  const digits = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (Number.isFinite(value)) return padNumber(signOf(isNegative, directive), digits, directive);
  // Infinities always show their sign in `%v`, and are never padded with zeros.
  const flags = directive.flags.replaceAll('0', '');
  const sign = value === Number.POSITIVE_INFINITY ? '+' : signOf(isNegative, directive);
  return padNumber(sign, digits, { ...directive, flags });
}

function formatText(value: string, directive: Directive): string {
  const { verb, precision } = directive;
  const isCut = precision !== undefined && (verb === 's' || verb === 'v' || verb === 'q');
  const text = isCut ? Array.from(value).slice(0, precision).join('') : value;
  switch (verb) {
    case 'v':
      return pad(has(directive, '#') ? quoteGo(text) : text, directive);
    case 's':
      return pad(text, directive);
    case 'q':
      return pad(quoteText(text, directive), directive);
    case 'x':
    case 'X':
      return pad(hexOf(text, directive), directive);
    default:
      return badVerb(value, directive);
  }
}

function quoteText(text: string, directive: Directive): string {
  if (has(directive, '#') && !/[^\P{Cc}\t]|[`\ufeff]/u.test(text)) return `\`${text}\``;
  const quoted = quoteGo(text);
  return has(directive, '+') ? quoted.replaceAll(/[^ -~]/gu, escapeNonAscii) : quoted;
}

function escapeNonAscii(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

function hexOf(text: string, directive: Directive): string {
  const bytes = encodeUtf8(text).slice(0, directive.precision);
  const prefix = has(directive, '#') ? '0x' : '';
  const pairs = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const isSpaced = has(directive, ' ');
  const hex = isSpaced ? pairs.map((pair) => prefix + pair).join(' ') : pairs.join('');
  const marked = isSpaced || hex === '' ? hex : prefix + hex;
  return directive.verb === 'X' ? marked.toUpperCase() : marked;
}

function formatComposite(
  value: Exclude<Value, undefined | boolean | bigint | number | string>,
  directive: Directive,
): string {
  switch (value.kind) {
    case 'list':
      return formatList(value, directive);
    case 'map':
      return formatMap(value, directive);
    case 'object':
      return formatObject(value, directive);
    case 'function':
      return badVerb('func', directive);
  }
}

function formatList(value: ListValue, directive: Directive): string {
  if (hasOwnText(value, directive)) return formatText(value.text, directive);
  const items = value.items.map((item) => formatValue(item, directive));
  if (isGoSyntax(directive)) return `${value.typeName}{${items.join(', ')}}`;
  return `[${items.join(' ')}]`;
}

function formatMap(value: MapValue, directive: Directive): string {
  if (hasOwnText(value, directive)) return formatText(value.text, directive);
  const keys = [...value.entries.keys()].sort(compareUtf8);
  const pairs = keys.map((key) => {
    return `${formatValue(key, directive)}:${formatValue(value.entries.get(key), directive)}`;
  });
  if (isGoSyntax(directive)) return `${value.typeName}{${pairs.join(', ')}}`;
  return `map[${pairs.join(' ')}]`;
}

const TEXT_VERBS: ReadonlySet<string> = new Set(['v', 's', 'q', 'x', 'X']);

/** Whether the type's `String` method says how the value prints. */
function hasOwnText<T extends { readonly text?: string }>(
  value: T,
  directive: Directive,
): value is T & { readonly text: string } {
  return value.text !== undefined && TEXT_VERBS.has(directive.verb) && !isGoSyntax(directive);
}

function formatObject(value: ObjectValue, directive: Directive): string {
  if (hasOwnText(value, directive)) return formatText(value.text, directive);
  if (value.number !== undefined) return formatValue(value.number, directive);
  const isNamed = has(directive, '+') || isGoSyntax(directive);
  const fields = Object.entries(value.fields).map(([name, field]) => {
    const text = formatValue(field, directive);
    return isNamed && directive.verb === 'v' ? `${name}:${text}` : text;
  });
  const pointer = value.typeName.startsWith('*') ? '&' : '';
  const name = isGoSyntax(directive) ? value.typeName.replace(/^\*/u, '') : '';
  return `${pointer}${name}{${fields.join(isGoSyntax(directive) ? ', ' : ' ')}}`;
}

function isGoSyntax(directive: Directive): boolean {
  return directive.verb === 'v' && has(directive, '#');
}
