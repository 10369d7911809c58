export const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Powers of ten that are exact, so that one division rounds as reading the digits would. */
const POWERS: readonly number[] = Array.from({ length: 16 }, (_, power) => 10 ** power);
const EXACT_DIGITS_MAX = 15;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/**
 * A JSON number of few digits and without an exponent, as nearly all are. @param to exclusive.
 *
 * @returns `undefined` for all else, numbers or not.
 */
export function readDecimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (bytes[from] !== MINUS) return readUnsigned(bytes, from, to);
  const size = readUnsigned(bytes, from + 1, to);
  return size === undefined ? undefined : -size;
}

function readUnsigned(bytes: Uint8Array, from: number, to: number): number | undefined {
  // A sixteenth digit, or a point at the end, leaves it to the parser.
  if (to - from > EXACT_DIGITS_MAX + 1 || !isDigit(bytes[from]) || !isDigit(bytes[to - 1])) {
    return undefined;
  }
  let whole = 0;
  let pointAt = to;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) whole = whole * 10 + byte - ZERO;
    else if (byte === POINT && pointAt === to) pointAt = at;
    else return undefined;
  }
  if (!isWhole(bytes, from, pointAt)) return undefined;
  const decimals = Math.max(0, to - 1 - pointAt);
  return whole / (POWERS[decimals] ?? Number.NaN);
}

/** JSON has no zero in front of other digits. */
function isWhole(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  return length === 1 || (length <= EXACT_DIGITS_MAX && bytes[from] !== ZERO);
}
