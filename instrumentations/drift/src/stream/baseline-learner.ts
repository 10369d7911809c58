import {
  type Baseline,
  buildBaseline,
  type Collected,
  DISTINCT_NUMBERS_MIN,
  type GateFailure,
  gateBlock,
  numberOf,
  OUTCOME_OK,
  onePerBlock,
  type RandomSource,
} from '@telltale/statistics';

import type { DriftOptions, StreamKey, StreamKind } from '../types.ts';

const RECORDS_MAX = 10_000;

/** What a learner needs of its stream. */
export interface LearnerParts {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly options: DriftOptions;
  readonly random: RandomSource;
}

/** What was collected so far, as plain data. */
export interface LearnerSnapshot {
  readonly values: readonly (number | string)[];
  readonly outcomes: readonly number[];
  readonly skipped: number;
  readonly nextSize: number;
  readonly lastFailure: GateFailure | null;
  /** Blocks of values and of outcomes, where records are sampled by block. */
  readonly blocks?: NonNullable<Collected['blocks']>;
}

/**
 * Collects the first records of a stream until some block of them is homogeneous enough to be the
 * baseline: the whole, or its newest half, at one, two, four and eight times the size.
 */
export class BaselineLearner {
  readonly #options: DriftOptions;
  readonly #random: RandomSource;
  readonly #key: StreamKey;
  readonly #kind: StreamKind;
  readonly #values: (number | string)[] = [];
  readonly #outcomes: number[] = [];
  /** Blocks of values and of outcomes; stay empty where records are not sampled by block. */
  readonly #blocksOfValues: number[] = [];
  readonly #blocksOfOutcomes: number[] = [];
  #skipped = 0;
  #nextSize: number;
  /** Why the last block was not taken. */
  lastFailure: GateFailure | undefined;

  constructor({ key, kind, options, random }: LearnerParts) {
    this.#key = key;
    this.#kind = kind;
    this.#options = options;
    this.#random = random;
    this.#nextSize = options.baseline.size;
  }

  snapshot(): LearnerSnapshot {
    return {
      values: [...this.#values],
      outcomes: [...this.#outcomes],
      skipped: this.#skipped,
      nextSize: this.#nextSize,
      lastFailure: this.lastFailure ?? null,
      ...(this.#hasBlocks
        ? {
            blocks: {
              ofValues: [...this.#blocksOfValues],
              ofOutcomes: [...this.#blocksOfOutcomes],
            },
          }
        : {}),
    };
  }

  restore({ values, outcomes, skipped, nextSize, lastFailure, blocks }: LearnerSnapshot): void {
    if (this.#hasBlocks) {
      // Records that were collected without blocks cannot be sampled by them.
      if (blocks?.ofOutcomes.length !== outcomes.length) return;
      this.#blocksOfValues.push(...blocks.ofValues);
      this.#blocksOfOutcomes.push(...blocks.ofOutcomes);
    }
    this.#values.push(...values);
    this.#outcomes.push(...outcomes);
    this.#skipped = skipped;
    this.#nextSize = nextSize;
    this.lastFailure = lastFailure ?? undefined;
  }

  /** Records collected so far. */
  get length(): number {
    return this.#outcomes.length;
  }

  /** Enough was collected for an attempt: it is time for `steps`. */
  get isDue(): boolean {
    return this.#outcomes.length >= this.#nextSize;
  }

  get #hasBlocks(): boolean {
    return this.#options.sampleBy !== 'records';
  }

  /**
   * Takes a record. While an attempt is late, the last records are not needed for it.
   *
   * @param block where records are sampled by block
   */
  add(outcome: number, value: number | string | undefined, block?: number): void {
    if (this.#skipped < this.#options.baseline.warmup) {
      this.#skipped += 1;
      return;
    }
    if (this.#outcomes.length >= 2 * RECORDS_MAX) return;
    const isValue = outcome === OUTCOME_OK && value !== undefined;
    this.#outcomes.push(outcome);
    if (isValue) this.#values.push(value);
    if (block === undefined) return;
    this.#blocksOfOutcomes.push(block);
    if (isValue) this.#blocksOfValues.push(block);
  }

  /**
   * One attempt on what was collected so far, in steps of a few milliseconds each. The value at the
   * end is the baseline, or `undefined` when more records are needed.
   */
  *steps(): Generator<undefined, Baseline | undefined> {
    const isLast = this.#nextSize >= RECORDS_MAX;
    this.#nextSize = Math.min(RECORDS_MAX, this.#nextSize * 2);
    const blocks = [this.#block(1), this.#block(2)];
    for (const block of blocks) {
      const known = knownOf(block);
      const all = block.values.map((value) => numberOf(value, known));
      const { blocks: of } = block;
      const numbers = of === undefined ? all : onePerBlock(all, of.ofValues, this.#random);
      this.lastFailure = gateBlock(block, numbers, this.#random);
      yield;
      if (this.lastFailure === undefined) return this.#build(block, 'ok');
    }
    return isLast ? this.#build(this.#block(2), 'unstable') : undefined;
  }

  /** The newest `1 / share` of what was collected. */
  #block(share: number): Collected {
    const values = this.#values.slice(-Math.ceil(this.#values.length / share));
    const outcomes = this.#outcomes.slice(-Math.ceil(this.#outcomes.length / share));
    const isCategorical =
      this.#kind === 'categorical' || new Set(values).size < DISTINCT_NUMBERS_MIN;
    const blocks = {
      ofValues: this.#blocksOfValues.slice(-values.length),
      ofOutcomes: this.#blocksOfOutcomes.slice(-outcomes.length),
    };
    return {
      kind: isCategorical ? 'categorical' : this.#kind,
      values,
      outcomes,
      ...(this.#hasBlocks ? { blocks } : {}),
    };
  }

  #build(block: Collected, quality: Baseline['quality']): Baseline {
    return buildBaseline(block, {
      key: this.#key,
      source: 'auto',
      createdMs: this.#options.now(),
      thinning: this.#options.thinning,
      quality,
      random: this.#random,
    });
  }
}

/** For the gate a category is any stable number: its place among the block's own categories. */
function knownOf({ kind, values }: Collected): Parameters<typeof numberOf>[1] {
  if (kind !== 'categorical') return { kind: 'range', min: 0, max: 0 };
  return { kind: 'categories', names: [...new Set(values.map(String))].toSorted().slice(0, 1000) };
}
