import { quoteGo } from '../../go-string.ts';
import { TemplateError } from '../error.ts';
import type { NumberNode } from './nodes.ts';
import { unquoteCharacter } from './unquote.ts';

const INTEGER_MAX = 2n ** 63n - 1n;
const INTEGER_MIN = -(2n ** 63n);
const UNSIGNED_MAX = 2n ** 64n - 1n;

/** A character constant: a number, as in Go. */
export function parseCharacterConstant(text: string, position: number): NumberNode {
  const code = unquoteCharacter(text);
  return { kind: 'number', position, text, integer: BigInt(code), float: code };
}

/**
 * A numeric constant in Go's syntax: decimal, `0x`, `0o`, `0b`, `_` separators, hexadecimal floats.
 *
 * @throws {TemplateError} for a number that is malformed or does not fit.
 */
export function parseNumberConstant(text: string, position: number): NumberNode {
  const integer = parseInteger(text);
  if (integer !== undefined) {
    if (integer < INTEGER_MIN || integer > UNSIGNED_MAX) throw overflow(text);
    if (integer > INTEGER_MAX) return { kind: 'number', position, text, float: Number(integer) };
    return { kind: 'number', position, text, integer, float: Number(integer) };
  }
  const float = parseFloatConstant(text);
  if (float === undefined) throw new TemplateError(`illegal number syntax: ${quoteGo(text)}`);
  if (!/[.eEpP]/u.test(text)) throw overflow(text);
  if (Number.isInteger(float) && Math.abs(float) < 2 ** 63) {
    return { kind: 'number', position, text, integer: BigInt(float), float };
  }
  return { kind: 'number', position, text, float };
}

function overflow(text: string): TemplateError {
  return new TemplateError(`integer overflow: ${quoteGo(text)}`);
}

function parseInteger(text: string): bigint | undefined {
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/u.exec(text) ?? [];
  const magnitude = parseMagnitude(body);
  if (magnitude === undefined) return undefined;
  return sign === '-' ? -magnitude : magnitude;
}

function parseMagnitude(body: string): bigint | undefined {
  if (/^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/u.test(body)) {
    return BigInt(body.toLowerCase().replaceAll('_', ''));
  }
  // A leading zero means octal, as in Go.
  if (/^0(?:_?[0-7])+$/u.test(body)) return BigInt(`0o${body.slice(1).replaceAll('_', '')}`);
  if (/^(?:0|[1-9](?:_?[0-9])*)$/u.test(body)) return BigInt(body.replaceAll('_', ''));
  return undefined;
}

function parseFloatConstant(text: string): number | undefined {
  const isHex = /^[-+]?0[xX]/u.test(text);
  if (isHex) return parseHexFloat(text.replaceAll('_', ''));
  const isDecimal = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/u.test(text);
  const float = Number(text);
  return isDecimal && Number.isFinite(float) ? float : undefined;
}

function parseHexFloat(text: string): number | undefined {
  const match = /^([-+]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?[0-9]+)$/u.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  return sign === '-' ? -value : value;
}
