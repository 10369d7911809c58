import type { RandomSource } from '@telltale/statistics';

/** Sessions that may be open at a time: one ends when so many others have begun after it. */
const SESSIONS_MAX = 64;

/** Blocks that must have ended before their mean size is known. */
const BLOCKS_MIN = 20;

/** The records of one block so far, and the one of them that is kept. */
interface OpenBlock {
  block: number;
  records: number;
  outcome: number;
  values: number;
  cell: number;
  place: number;
  novel: number;
}

/** What evidence takes of a value. */
export interface SampledValue {
  /** Of the urn of values. */
  readonly cell: number;
  /** Of the category; of a number the number itself. */
  readonly place: number;
  readonly novel: number;
}

export interface BlockSamplerSnapshot {
  readonly open: readonly Readonly<OpenBlock>[];
  readonly endedBlocks: number;
  readonly endedRecords: number;
}

/** Takes what was kept of a block. */
export interface BlockListener {
  onOutcome(outcome: number): void;
  onValue(value: SampledValue): void;
  /** @param records of the block that were not kept */
  onSkipped(records: number): void;
}

/**
 * Keeps one random record of each block, such as a session, whose records depend on each other.
 * Every n-th record would not do where traffic has a period of its own. A block is told when it has
 * ended: one after the other, or for sessions, which overlap, 64 sessions later.
 */
export class BlockSampler {
  readonly #random: RandomSource;
  readonly #listener: BlockListener;
  readonly #openMax: number;
  /** By block, in the order in which they began. */
  readonly #open = new Map<number, OpenBlock>();
  #current: OpenBlock | undefined;
  #endedBlocks: number;
  #endedRecords: number;

  constructor(
    parts: {
      readonly random: RandomSource;
      readonly listener: BlockListener;
      readonly overlaps: boolean;
    },
    snapshot?: BlockSamplerSnapshot,
  ) {
    this.#random = parts.random;
    this.#listener = parts.listener;
    this.#openMax = parts.overlaps ? SESSIONS_MAX : 1;
    this.#endedBlocks = snapshot?.endedBlocks ?? 0;
    this.#endedRecords = snapshot?.endedRecords ?? 0;
    for (const block of snapshot?.open ?? []) this.#open.set(block.block, { ...block });
  }

  /** Records that one of them stands for; at first 1, which alarms too late rather than too early. */
  get recordsPerBlock(): number {
    return this.#endedBlocks < BLOCKS_MIN
      ? 1
      : Math.max(1, Math.round(this.#endedRecords / this.#endedBlocks));
  }

  /** The block of the records that follow. */
  enter(block: number): void {
    if (this.#current?.block === block) return;
    let entered = this.#open.get(block);
    if (entered === undefined) {
      if (this.#open.size >= this.#openMax) this.#closeOldest();
      entered = { block, records: 0, outcome: 0, values: 0, cell: 0, place: 0, novel: 0 };
      this.#open.set(block, entered);
    }
    this.#current = entered;
  }

  observeOutcome(outcome: number): void {
    const block = this.#current;
    if (block === undefined) return;
    block.records += 1;
    if (this.#isKept(block.records)) block.outcome = outcome;
  }

  observeValue({ cell, place, novel }: SampledValue): void {
    const block = this.#current;
    if (block === undefined) return;
    block.values += 1;
    if (!this.#isKept(block.values)) return;
    block.cell = cell;
    block.place = place;
    block.novel = novel;
  }

  snapshot(): BlockSamplerSnapshot {
    return {
      open: Array.from(this.#open.values(), (block) => ({ ...block })),
      endedBlocks: this.#endedBlocks,
      endedRecords: this.#endedRecords,
    };
  }

  /** Whether the newest of so many takes the place of the one that is kept. */
  #isKept(seen: number): boolean {
    return seen === 1 || this.#random.next() * seen < 1;
  }

  #closeOldest(): void {
    for (const [id, { records, outcome, values, cell, place, novel }] of this.#open) {
      this.#open.delete(id);
      this.#endedBlocks += 1;
      this.#endedRecords += records;
      this.#listener.onOutcome(outcome);
      if (values > 0) this.#listener.onValue({ cell, place, novel });
      this.#listener.onSkipped(records - 1);
      return;
    }
  }
}

/** A number for the name of a block. Names of sessions are not kept: they may be secrets. */
export function blockNumber(block: string | number): number {
  if (typeof block === 'number') return block + 0;
  let hash = 0x811c9dc5;
  let other = 0x01000193;
  for (let index = 0; index < block.length; index += 1) {
    const unit = block.charCodeAt(index);
    hash = Math.imul(hash ^ unit, 0x01000193);
    other = Math.imul(other + unit, 0x85ebca6b);
  }
  // 53 bits, so that sessions of a day do not collide.
  return (hash >>> 0) * 0x200000 + (other >>> 11);
}
