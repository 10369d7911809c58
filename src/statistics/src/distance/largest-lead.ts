import type { Counters } from './sorted-values.ts';

/** Distinct baseline values of a block: two to this power. */
export const BLOCK_BITS = 3;

/** A window counted over the distinct values of a baseline. */
export interface LeadParts {
  /** Values of the window in each block. */
  readonly blocks: Counters;
  /** Values of the window in each cell: `2g - 1` at the g-th distinct baseline value, `2g` above it. */
  readonly counts: Uint32Array;
  /** Baseline values up to each distinct one, from 0 on; absent where all are distinct. */
  readonly cumulative: Counters | undefined;
  /** Distinct baseline values. */
  readonly distinct: number;
  /** Baseline values, and values of the window. */
  readonly m: number;
  readonly n: number;
  /** The block that is looked into first. */
  readonly first: number;
}

/**
 * The largest lead of either distribution over the other, times mn, and the block where it is. Only
 * blocks that may hold a larger one than was found are looked into.
 */
export function largestLead(parts: LeadParts): {
  readonly largest: number;
  readonly block: number;
} {
  const { blocks, m, n, first } = parts;
  let largest = leadWithin(parts, first, seenBefore(blocks, first));
  let widest = first;
  let seen = 0;
  let jumped = 0;
  for (let block = 0; block < blocks.length; block += 1) {
    const seenAfter = seen + (blocks[block] ?? 0);
    const jumpedAfter = jumpedBefore(parts, block + 1);
    // Whatever the order inside, the baseline cannot lead by more, nor the window.
    if (jumpedAfter * n - seen * m > largest || seenAfter * m - jumped * n > largest) {
      const within = leadWithin(parts, block, seen);
      if (within > largest) {
        largest = within;
        widest = block;
      }
    }
    seen = seenAfter;
    jumped = jumpedAfter;
  }
  return { largest, block: widest };
}

/**
 * At every value of a block and right before it.
 *
 * @param before values of the window before the block
 */
function leadWithin(parts: LeadParts, block: number, before: number): number {
  const { counts, cumulative, distinct, m, n } = parts;
  const end = Math.min((block + 1) << BLOCK_BITS, distinct);
  let seen = before;
  let jumped = jumpedBefore(parts, block);
  let largest = 0;
  for (let place = block << BLOCK_BITS; place < end; place += 1) {
    seen += counts[2 * place] ?? 0;
    const lead = seen * m - jumped * n;
    if (lead > largest) largest = lead;
    jumped = cumulative === undefined ? place + 1 : (cumulative[place + 1] ?? 0);
    seen += counts[2 * place + 1] ?? 0;
    const lag = jumped * n - seen * m;
    if (lag > largest) largest = lag;
  }
  return largest;
}

/** Values of the window before a block. */
function seenBefore(blocks: Counters, block: number): number {
  let seen = 0;
  for (let index = 0; index < block; index += 1) seen += blocks[index] ?? 0;
  return seen;
}

/** Baseline values before a block. */
function jumpedBefore({ cumulative, distinct }: LeadParts, block: number): number {
  const place = Math.min(block << BLOCK_BITS, distinct);
  return cumulative === undefined ? place : (cumulative[place] ?? 0);
}
