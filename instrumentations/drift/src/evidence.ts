import {
  EDetector,
  OutcomeProcess,
  PolyaUrn,
  type RandomSource,
  type UrnState,
} from '@telltale/statistics';

/** Evidence that one aspect of a stream no longer follows its baseline. */
export interface Evidence {
  readonly value: number;
  /** Records taken since the start or the last incident. */
  readonly records: number;
  take(value: number, isLearning: boolean): void;
  /** Records since the change most likely began, in records taken; absent where unknown. */
  changePointAgo(): number | undefined;
  /** Forgets the evidence after an incident. What was learned of the reference stays. */
  rearm(): void;
}

/** Weight from which a reference is good enough and stops learning: growing on would dilute shifts. */
const FREEZE_WEIGHT_MIN = 10_000;
const FREEZE_SHARE_OF_PROMISE = 0.1;

/** Evidence on values: urn ranks into an e-detector. */
export class ValueEvidence implements Evidence {
  readonly #urn: PolyaUrn;
  readonly #random: RandomSource;
  readonly #freezeWeight: number;
  #detector = new EDetector();

  /** @param promise the promised mean number of records between false alarms */
  constructor(cells: UrnState, random: RandomSource, promise: number) {
    this.#urn = new PolyaUrn(cells);
    this.#random = random;
    this.#freezeWeight = Math.max(FREEZE_WEIGHT_MIN, promise * FREEZE_SHARE_OF_PROMISE);
  }

  get value(): number {
    return this.#detector.evidence;
  }

  get records(): number {
    return this.#detector.records;
  }

  get isFrozen(): boolean {
    return this.#urn.total >= this.#freezeWeight;
  }

  take(value: number, isLearning: boolean): void {
    const cell = this.#urn.cell(value, this.#random.next());
    this.#detector.update(this.#urn.rank(cell, this.#random.next()));
    // Learning comes after the rank, and in the urn's own time: a lagged urn would not be exact.
    if (isLearning && !this.isFrozen) this.#urn.learn(cell);
  }

  changePointAgo(): number | undefined {
    const start = this.#detector.changePoint();
    return start === 0 ? undefined : this.#detector.records - start + 1;
  }

  rearm(): void {
    this.#detector = new EDetector();
  }
}

/** Evidence on rare outcomes: missing and novel values. */
export class OutcomeEvidence implements Evidence {
  readonly #process: OutcomeProcess;
  readonly #random: RandomSource;

  constructor(urn: UrnState, random: RandomSource) {
    this.#process = new OutcomeProcess(urn);
    this.#random = random;
  }

  get value(): number {
    return this.#process.evidence;
  }

  get records(): number {
    return this.#process.records;
  }

  take(outcome: number, isLearning: boolean): void {
    this.#process.update(outcome, this.#random.next(), isLearning);
  }

  changePointAgo(): undefined {
    return undefined;
  }

  rearm(): void {
    this.#process.rearm();
  }
}
