import type { SeededRandom } from '@telltale/statistics';

const below = (random: SeededRandom, limit: number): number => Math.floor(random.next() * limit);

/** Values that are edges of lengths, tags and numbers. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x22, 0x7b, 0x5b, 0xfe];

/** Bytes with one to eight faults: flipped, cut, doubled, overwritten with edges or other bytes. */
export function mutateBytes(seed: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = Uint8Array.from(seed);
  const faults = 1 + below(random, 8);
  for (let fault = 0; fault < faults; fault += 1) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Uint8Array, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const at = below(random, bytes.length + 1);
  const kind = random.next();
  const copy = Uint8Array.from(bytes);
  if (kind < 0.3 && at < copy.length) {
    copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
    return copy;
  }
  if (kind < 0.55 && at < copy.length) {
    copy[at] = EDGES[below(random, EDGES.length)] ?? 0;
    return copy;
  }
  const to = Math.min(bytes.length, at + 1 + below(random, 16));
  if (kind < 0.7) return concat(bytes.subarray(0, at), bytes.subarray(to));
  if (kind < 0.8) return copy.slice(0, at);
  const from = below(random, bytes.length + 1);
  return concat(bytes.subarray(0, at), bytes.subarray(from, from + 24), bytes.subarray(at));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A text with pieces of its language put in, taken out, doubled and moved. */
export function mutateText(seed: string, pieces: readonly string[], random: SeededRandom): string {
  let text = seed;
  const faults = 1 + below(random, 5);
  for (let fault = 0; fault < faults; fault += 1) {
    const at = below(random, text.length + 1);
    const to = Math.min(text.length, at + 1 + below(random, 8));
    const kind = random.next();
    if (kind < 0.45)
      text = text.slice(0, at) + (pieces[below(random, pieces.length)] ?? '') + text.slice(at);
    else if (kind < 0.7) text = text.slice(0, at) + text.slice(to);
    else if (kind < 0.8)
      text = text.slice(0, at) + text.slice(at, to).repeat(1 + below(random, 40)) + text.slice(to);
    else {
      const from = below(random, text.length + 1);
      text = text.slice(0, at) + text.slice(from, from + 30) + text.slice(at);
    }
  }
  return text;
}
