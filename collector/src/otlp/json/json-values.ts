/** Scalars as protobuf's JSON writes them; `undefined` for what is none. */

export function readJsonText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function readJsonBool(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Both included. */
export interface IntegerRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** A number, or a string with one: the largest 64-bit integers are no JSON numbers. */
export function readJsonInteger(value: unknown, range: IntegerRange): bigint | undefined {
  const integer = toBigInt(value);
  if (integer === undefined || integer < range.low || integer > range.high) return undefined;
  return integer;
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'string' && /^-?[0-9]{1,20}$/u.test(value)) return BigInt(value);
  return undefined;
}

const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

export function readJsonDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const special = SPECIAL_DOUBLES.get(value);
  if (special !== undefined) return special;
  return /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/u.test(value) ? Number(value) : undefined;
}

export function readJsonHex(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || !/^(?:[0-9a-fA-F]{2})*$/u.test(value)) return undefined;
  const bytes = new Uint8Array(value.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(value.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/** Base64, also in its URL form and without padding. */
export function readJsonBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/u, '');
  if (!/^[A-Za-z0-9+/]*$/u.test(text) || text.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
