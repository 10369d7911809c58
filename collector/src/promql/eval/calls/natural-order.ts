import { compareUtf8 } from '../../../model/labels.ts';

const CHUNKS = /\d+|\D+/gu;
/** Longer runs of digits do not fit an integer and are compared as text. */
const DIGITS_MAX = 18;

/**
 * Compares texts so that `cpu2` comes before `cpu10`: runs of digits as numbers, the rest by bytes.
 */
export function compareNatural(left: string, right: string): number {
  const a = left.match(CHUNKS) ?? [];
  const b = right.match(CHUNKS) ?? [];
  for (const [index, chunk] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = isNumber(chunk) && isNumber(other) ? Number(chunk) - Number(other) : 0;
    if (order !== 0) return order;
    if (!(isNumber(chunk) && isNumber(other)) && chunk !== other) return compareUtf8(chunk, other);
  }
  return a.length - b.length;
}

function isNumber(chunk: string): boolean {
  return chunk.length <= DIGITS_MAX && /^\d+$/u.test(chunk);
}
