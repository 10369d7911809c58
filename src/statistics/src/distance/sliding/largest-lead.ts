import type { Counters } from './sorted-values.ts';

/** Distinct baseline values of a block: two to this power. */
export const BLOCK_BITS = 3;
const BLOCK = 1 << BLOCK_BITS;

/** A window counted over the distinct values of a baseline. */
export interface LeadParts {
  /** Values of the window in each block, from one place on to the end. */
  readonly blocks: Counters;
  readonly from: number;
  /**
   * Values of the window in each cell of a block: before each of its distinct baseline values and at
   * it, in turn.
   */
  readonly counts: (block: number) => Uint32Array;
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
  const { blocks, from, cumulative, m, n, first } = parts;
  let widest = first;
  let largest = leadWithin(parts, first, lagBefore(parts, first));
  // By how much the baseline leads at the border of the block.
  let lag = 0;
  const length = blocks.length - from;
  for (let block = 0; block < length; block += 1) {
    const gained = (blocks[from + block] ?? 0) * m;
    // Of the last block, which may be shorter, this is more than there is: it is a bound.
    const lost =
      n *
      (cumulative === undefined
        ? BLOCK
        : jumpedBefore(parts, block + 1) - jumpedBefore(parts, block));
    // Whatever the order inside, the baseline cannot lead by more, nor the window.
    if (lag + lost > largest || gained - lag > largest) {
      const within = leadWithin(parts, block, lag);
      if (within > largest) {
        largest = within;
        widest = block;
      }
    }
    lag += lost - gained;
  }
  return { largest, block: widest };
}

/**
 * At every value of a block and right before it.
 *
 * @param before by how much the baseline leads before the block
 */
function leadWithin(parts: LeadParts, block: number, before: number): number {
  const { cumulative, distinct, m, n } = parts;
  const counts = parts.counts(block);
  const first = block << BLOCK_BITS;
  const places = Math.min(BLOCK, distinct - first);
  let lag = before;
  let largest = 0;
  for (let place = 0; place < places; place += 1) {
    lag -= (counts[2 * place] ?? 0) * m;
    if (lag < -largest) largest = -lag;
    const jump =
      cumulative === undefined
        ? 1
        : (cumulative[first + place + 1] ?? 0) - (cumulative[first + place] ?? 0);
    lag += jump * n - (counts[2 * place + 1] ?? 0) * m;
    if (lag > largest) largest = lag;
  }
  return largest;
}

function lagBefore(parts: LeadParts, block: number): number {
  const { blocks, from, m, n } = parts;
  let seen = 0;
  for (let index = from; index < from + block; index += 1) seen += blocks[index] ?? 0;
  return jumpedBefore(parts, block) * n - seen * m;
}

/** Baseline values before a block. */
function jumpedBefore({ cumulative, distinct }: LeadParts, block: number): number {
  const place = Math.min(block << BLOCK_BITS, distinct);
  return cumulative === undefined ? place : (cumulative[place] ?? 0);
}
