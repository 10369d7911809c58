import { parseDuration } from '../../model/duration.ts';
import { quoteGo } from '../../model/go-string.ts';
import type { NumberLiteral, StringLiteral } from '../ast.ts';
import { DURATION, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquoteString } from './unquote.ts';

const INT64_MAX = 2n ** 63n - 1n;
/** More digits than any 64-bit integer has; it spares the exact conversion of very long ones. */
const INTEGER_DIGITS_MAX = 64;

/** number = NUMBER | DURATION ; a duration is a number of seconds. */
export function numberLiteral(stream: TokenStream, token: Token): NumberLiteral {
  const position = { start: token.start, end: token.end };
  if (token.kind !== DURATION) {
    return { kind: 'number', value: numberValue(stream, token), position };
  }
  return { kind: 'number', value: durationSeconds(stream, token), isDuration: true, position };
}

export function stringLiteral(token: Token): StringLiteral {
  const position = { start: token.start, end: token.end };
  return { kind: 'string', value: unquoteString(token.text), position };
}

/** Whole seconds and the rest are added as Go does it, which decides the last bit. */
function durationSeconds(stream: TokenStream, token: Token): number {
  try {
    const durationMs = parseDuration(token.text);
    return Math.trunc(durationMs / 1000) + ((durationMs % 1000) * 1e6) / 1e9;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) {
      return stream.fail(token, cause.message);
    }
    throw cause;
  }
}

/** The value of a number token: an integer in Go's notation if it is one, else a float. */
function numberValue(stream: TokenStream, token: Token): number {
  const text = token.text.toLowerCase();
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === 'nan') return Number.NaN;
  const value = integerValue(text) ?? floatValue(text);
  if (value === undefined) return failNumber(stream, token, 'invalid syntax');
  if (!Number.isFinite(value)) return failNumber(stream, token, 'value out of range');
  return value;
}

function failNumber(stream: TokenStream, token: Token, problem: string): never {
  const quoted = quoteGo(token.text);
  return stream.fail(
    token,
    `error parsing number: strconv.ParseFloat: parsing ${quoted}: ${problem}`,
  );
}

/** A 64-bit integer: `0x1f`, `0755` (octal), `1_000`. */
function integerValue(text: string): number | undefined {
  if (!/^(?:0x(?:_?[0-9a-f])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/u.test(text)) return undefined;
  const digits = text.replaceAll('_', '');
  if (digits.length > INTEGER_DIGITS_MAX) return undefined;
  const isOctal = /^0[0-7]/u.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  return value > INT64_MAX ? undefined : Number(value);
}

/** A decimal float; a hexadecimal one would need a binary exponent, which no token has. */
function floatValue(text: string): number | undefined {
  if (
    !/^(?:[0-9](?:_?[0-9])*)?(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:e[+-]?[0-9](?:_?[0-9])*)?$/u.test(text)
  ) {
    return undefined;
  }
  if (!/^\.?[0-9]/u.test(text)) return undefined;
  return Number(text.replaceAll('_', ''));
}
