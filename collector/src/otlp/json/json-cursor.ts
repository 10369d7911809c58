import { isDigit, readDecimal, ZERO } from './json-decimal.ts';

/** The text is no JSON, or none of the kind that is scanned. */
export class NotScanned extends Error {
  override readonly name = 'NotScanned';
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ASCII_MAX = 0x7f;
/** Nine digits are a part of a number of 64 bits that is reckoned with as it is. */
const PART_DIGITS = 9;
const PART = 10 ** PART_DIGITS;
const DIGITS_MAX = 19;
const HALF = 2 ** 32;
const QUARTER = 2 ** 16;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/u;

/** 1 for the bytes that stand for themselves in a text. */
const IS_PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isPlain = byte >= SPACE && byte <= ASCII_MAX && byte !== QUOTE && byte !== BACKSLASH;
  return isPlain ? 1 : 0;
});

/** A part of the text. */
interface Part {
  from: number;
  /** Exclusive. */
  to: number;
}

/** Reads JSON from its bytes, one token after the other. */
export class JsonCursor {
  readonly bytes: Uint8Array;
  #at = 0;
  /** Reused: copy the numbers to keep them. */
  readonly #part: Part = { from: 0, to: 0 };
  readonly #halves = { low: 0, high: 0 };

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Enters an object or a list. False when it is empty, and left again. */
  open(bracket: '{' | '['): boolean {
    this.#expect(bracket.charCodeAt(0));
    const close = bracket === '{' ? 0x7d : 0x5d;
    if (this.#peek() !== close) return true;
    this.#at += 1;
    return false;
  }

  /** Whether another member follows; else the object or the list is left. */
  next(bracket: '}' | ']'): boolean {
    const byte = this.#peek();
    this.#at += 1;
    if (byte === COMMA) return true;
    if (byte !== bracket.charCodeAt(0)) throw new NotScanned();
    return false;
  }

  /** A name and the colon behind it. */
  key(): Readonly<Part> {
    const part = this.text();
    this.#expect(COLON);
    return part;
  }

  /** A text in ASCII without escapes, as a part of `bytes`. */
  text(): Readonly<Part> {
    this.#expect(QUOTE);
    const { bytes } = this;
    const from = this.#at;
    let to = from;
    while (IS_PLAIN[bytes[to] ?? 0] === 1) to += 1;
    if (bytes[to] !== QUOTE) throw new NotScanned();
    this.#at = to + 1;
    this.#part.from = from;
    this.#part.to = to;
    return this.#part;
  }

  /** A text of digits as a number of 64 bits in two halves; `undefined`, unread, for all else. */
  digits(): { readonly low: number; readonly high: number } | undefined {
    if (this.#peek() !== QUOTE) return undefined;
    const { bytes } = this;
    const from = this.#at + 1;
    let to = from;
    while (isDigit(bytes[to])) to += 1;
    const length = to - from;
    if (length === 0 || length > DIGITS_MAX || bytes[to] !== QUOTE) return undefined;
    const middle = Math.max(from, to - PART_DIGITS);
    const top = this.#whole(from, middle);
    // top * PART + rest, in steps that stay below 2^53.
    const upper = Math.floor(top / QUARTER) * PART;
    const lower = (top % QUARTER) * PART + this.#whole(middle, to);
    const sum = (upper % QUARTER) * QUARTER + lower;
    this.#halves.low = sum % HALF;
    this.#halves.high = Math.floor(upper / QUARTER) + Math.floor(sum / HALF);
    this.#at = to + 1;
    return this.#halves;
  }

  /** A text, a number or a truth value. */
  scalar(): unknown {
    const byte = this.#peek();
    if (byte === QUOTE) {
      const { from, to } = this.text();
      return this.#characters(from, to);
    }
    const from = this.#at;
    const { bytes } = this;
    let to = from;
    while (isOfToken(bytes[to])) to += 1;
    this.#at = to;
    return readDecimal(bytes, from, to) ?? tokenValue(this.#characters(from, to));
  }

  /** Requires that nothing follows. */
  end(): void {
    this.#peek();
    if (this.#at < this.bytes.length) throw new NotScanned();
  }

  /** The next byte that is no white space; 0 at the end. */
  #peek(): number {
    const { bytes } = this;
    let byte = bytes[this.#at] ?? 0;
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.#at += 1;
      byte = bytes[this.#at] ?? 0;
    }
    return byte;
  }

  #expect(byte: number): void {
    if (this.#peek() !== byte) throw new NotScanned();
    this.#at += 1;
  }

  #whole(from: number, to: number): number {
    let value = 0;
    for (let at = from; at < to; at += 1) value = value * 10 + (this.bytes[at] ?? ZERO) - ZERO;
    return value;
  }

  #characters(from: number, to: number): string {
    let text = '';
    for (let at = from; at < to; at += 1) text += String.fromCharCode(this.bytes[at] ?? 0);
    return text;
  }
}

/** Digits, signs, the point, and letters. */
function isOfToken(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e || isLetter(byte);
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function tokenValue(token: string): number | boolean {
  if (token === 'true' || token === 'false') return token === 'true';
  if (!NUMBER.test(token)) throw new NotScanned();
  return Number(token);
}
