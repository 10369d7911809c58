import type { Labels } from './labels.ts';

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

const encoder = new TextEncoder();

/**
 * The 64-bit hash that Prometheus 3 makes of a label set. `limit_ratio` picks series by it, and rule
 * groups have their slots from it, so that both programs decide alike.
 */
export function hashLabels(labels: Labels): bigint {
  return xxHash64(encodeLabels(labels));
}

/** Names and values, each behind its length: a byte, or 255 and three bytes. */
function encodeLabels(labels: Labels): Uint8Array {
  const bytes: number[] = [];
  for (const text of labels.flat) {
    const encoded = encoder.encode(text);
    const { length } = encoded;
    if (length < 255) bytes.push(length);
    else bytes.push(255, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff);
    for (const byte of encoded) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** XXH64 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
function xxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let position = 0;
  let hash = PRIME_5;
  if (length >= 32) {
    const lanes = [PRIME_1 + PRIME_2, PRIME_2, 0n, -PRIME_1].map(wrap);
    for (; position + 32 <= length; position += 32) {
      for (let lane = 0; lane < 4; lane += 1) {
        lanes[lane] = round(lanes[lane] ?? 0n, view.getBigUint64(position + lane * 8, true));
      }
    }
    hash = lanes.reduce((sum, lane, index) => wrap(sum + rotate(lane, ROTATIONS[index] ?? 0n)), 0n);
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4);
  }
  hash = wrap(hash + BigInt(length));
  return avalanche(hashTail(hash, view, position));
}

const ROTATIONS = [1n, 7n, 12n, 18n] as const;

function hashTail(start: bigint, view: DataView, from: number): bigint {
  let hash = start;
  let position = from;
  for (; position + 8 <= view.byteLength; position += 8) {
    hash ^= round(0n, view.getBigUint64(position, true));
    hash = wrap(rotate(hash, 27n) * PRIME_1 + PRIME_4);
  }
  if (position + 4 <= view.byteLength) {
    hash ^= wrap(BigInt(view.getUint32(position, true)) * PRIME_1);
    hash = wrap(rotate(hash, 23n) * PRIME_2 + PRIME_3);
    position += 4;
  }
  for (; position < view.byteLength; position += 1) {
    hash ^= wrap(BigInt(view.getUint8(position)) * PRIME_5);
    hash = wrap(rotate(hash, 11n) * PRIME_1);
  }
  return hash;
}

function avalanche(start: bigint): bigint {
  let hash = start;
  hash = wrap((hash ^ (hash >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}

function round(accumulator: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(accumulator + input * PRIME_2), 31n) * PRIME_1);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap((value << bits) | (value >> (64n - bits)));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
