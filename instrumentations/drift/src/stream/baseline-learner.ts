import {
  type Baseline,
  buildBaseline,
  type Collected,
  DISTINCT_NUMBERS_MIN,
  type GateFailure,
  type GateNeeds,
  type HomogeneousBlock,
  homogeneousBlocks,
  OUTCOME_OK,
  type RandomSource,
} from '@telltale/statistics';

import type { DriftOptions, StreamKey, StreamKind } from '../types.ts';

/** Without a block that passes by then, the newest half is taken and marked as unstable. */
const RECORDS_MAX = 10_000;
/** A first attempt of fewer records is one on a short series. */
const SHORT_SIZE = 200;
/** A short series is never long: so many times the first attempt are its end. */
const SHORT_GROWTH = 10;
/** Of so many values of a short series one is distinct where they are numbers. */
const SHORT_VALUES_PER_DISTINCT = 3;

/** What a learner needs of its stream. */
export interface LearnerParts {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly options: DriftOptions;
  readonly random: RandomSource;
  /** Records of the first attempt. Default as the options say. */
  readonly size?: number;
  /** Records that are skipped first. Default as the options say. */
  readonly warmup?: number;
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
  readonly #warmup: number;
  #skipped = 0;
  #nextSize: number;
  /** Why the last block was not taken. */
  lastFailure: GateFailure | undefined;

  constructor({ key, kind, options, random, size, warmup }: LearnerParts) {
    this.#key = key;
    this.#kind = kind;
    this.#options = options;
    this.#random = random;
    this.#nextSize = size ?? options.baseline.size;
    this.#warmup = warmup ?? options.baseline.warmup;
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

  /** Records at which the next attempt comes. */
  get wanted(): number {
    return this.#nextSize;
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
  observe(outcome: number, value: number | string | undefined, block?: number): void {
    if (this.#skipped < this.#warmup) {
      this.#skipped += 1;
      return;
    }
    if (this.#outcomes.length >= 2 * this.#recordsMax) return;
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
    const isLast = this.#nextSize >= this.#recordsMax;
    this.#nextSize = Math.min(this.#recordsMax, this.#nextSize * 2);
    let last: HomogeneousBlock | undefined;
    for (const tried of homogeneousBlocks(this.#collected(), this.#random, this.#needs)) {
      last = tried;
      this.lastFailure = tried.failure ?? tried.missingFailure;
      yield;
      if (this.lastFailure === undefined) return this.#build(tried);
    }
    return isLast && last !== undefined ? this.#build(last) : undefined;
  }

  get #isShort(): boolean {
    return this.#options.baseline.size < SHORT_SIZE;
  }

  get #recordsMax(): number {
    return this.#isShort ? SHORT_GROWTH * this.#options.baseline.size : RECORDS_MAX;
  }

  /** A short series is judged by the values there are, as independent as the user says. */
  get #needs(): GateNeeds {
    const { baseline, thinning } = this.#options;
    return this.#isShort ? { valuesMin: Math.ceil(baseline.size / 2), thinning } : {};
  }

  #collected(): Collected {
    const values = [...this.#values];
    const distinctMin = this.#isShort
      ? Math.min(DISTINCT_NUMBERS_MIN, values.length / SHORT_VALUES_PER_DISTINCT)
      : DISTINCT_NUMBERS_MIN;
    const isCategorical = this.#kind === 'categorical' || new Set(values).size < distinctMin;
    const blocks = { ofValues: [...this.#blocksOfValues], ofOutcomes: [...this.#blocksOfOutcomes] };
    return {
      kind: isCategorical ? 'categorical' : this.#kind,
      values,
      outcomes: [...this.#outcomes],
      ...(this.#hasBlocks ? { blocks } : {}),
    };
  }

  /** What is not steady may warn and no more, each aspect by its own measure. */
  #build({ block, failure, missingFailure, missingDependence }: HomogeneousBlock): Baseline {
    return buildBaseline(block, {
      key: this.#key,
      source: 'auto',
      createdMs: this.#options.now(),
      thinning: this.#options.thinning,
      named: this.#options.classes,
      quality: failure === undefined ? 'ok' : 'unstable',
      missingQuality: missingFailure === undefined ? 'ok' : 'unstable',
      missingDependence,
      random: this.#random,
    });
  }
}
