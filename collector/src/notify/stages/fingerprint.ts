import { compareUtf8 } from '../../model/labels.ts';

const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The prime is 2^40 + 435: multiplying is a shift by 40 bits and a small product. */
const PRIME_LOW = 435;
const SEPARATOR = 0xff;

const encoder = new TextEncoder();

/** 64-bit FNV-1a as two halves, because a `bigint` for each byte is ten times slower. */
class Fnv64 {
  #high = OFFSET_HIGH;
  #low = OFFSET_LOW;

  add(byte: number): void {
    const low = (this.#low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    const carry = Math.floor(product / 2 ** 32);
    // Exact: both summands stay far below 2^53, and `>>> 0` takes the rest modulo 2^32.
    this.#high = (this.#high * PRIME_LOW + carry + ((low << 8) >>> 0)) >>> 0;
    this.#low = product >>> 0;
  }

  hex(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, '0')).join('');
  }
}

/**
 * The id of a label set in Alertmanager's API: 64-bit FNV-1a over the labels in byte order, each
 * name and value followed by a byte 0xff, as 16 hex digits.
 */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  const hash = new Fnv64();
  for (const name of Object.keys(labels).sort(compareUtf8)) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of encoder.encode(text)) hash.add(byte);
      hash.add(SEPARATOR);
    }
  }
  return hash.hex();
}
