import {
  EDetector,
  type EDetectorState,
  OutcomeProcess,
  type OutcomeState,
  PolyaUrn,
  type RandomSource,
  type UrnState,
} from '@telltale/statistics';

/** What evidence was, as plain data. */
export interface EvidenceSnapshot {
  readonly detector?: EDetectorState;
  readonly weights?: readonly number[];
  readonly outcomes?: OutcomeState;
}

/** Evidence that one aspect of a stream no longer follows its baseline. */
export interface Evidence {
  readonly value: number;
  /** Evidence of the best recent stretch, where it is known. */
  readonly current: number | undefined;
  /** Records taken since the start or the last incident. */
  readonly records: number;
  /** Spacings and records that the reference holds. */
  readonly referenceSize: number;
  readonly isFrozen: boolean;
  /** Records since the change most likely began, in records taken; absent where unknown. */
  changePointAgo(): number | undefined;
  /** Forgets the evidence after an incident. What was learned of the reference stays. */
  rearm(): void;
  snapshot(): EvidenceSnapshot;
}

/** Weight from which a reference is good enough and stops learning: growing on would dilute shifts. */
const FREEZE_WEIGHT_MIN = 10_000;
const FREEZE_SHARE_OF_PROMISE = 0.1;

export interface ValueEvidenceParts {
  /** Where the reference starts: the cells of the baseline. */
  readonly cells: UrnState;
  readonly random: RandomSource;
  /** The promised mean number of records between false alarms. */
  readonly promise: number;
  /** The reference never learns: it was made of many more values than its weights say. */
  readonly isFrozen?: boolean;
}

/** Evidence on values: urn ranks into an e-detector. */
export class ValueEvidence implements Evidence {
  readonly #urn: PolyaUrn;
  readonly #random: RandomSource;
  readonly #freezeWeight: number;
  #detector: EDetector;

  constructor(parts: ValueEvidenceParts, snapshot: EvidenceSnapshot = {}) {
    const { cells, random, promise, isFrozen = false } = parts;
    const { detector, weights = cells.weights } = snapshot;
    this.#urn = new PolyaUrn(cells, weights);
    this.#random = random;
    this.#freezeWeight = isFrozen
      ? 0
      : Math.max(FREEZE_WEIGHT_MIN, promise * FREEZE_SHARE_OF_PROMISE);
    this.#detector = new EDetector(detector);
  }

  get value(): number {
    return this.#detector.evidence;
  }

  get current(): number {
    return this.#detector.current;
  }

  get records(): number {
    return this.#detector.records;
  }

  get referenceSize(): number {
    return this.#urn.total;
  }

  get isFrozen(): boolean {
    return this.#urn.total >= this.#freezeWeight;
  }

  /**
   * The cell of the urn that a value falls into.
   *
   * @param tie uniform in (0, 1), drawn for this record
   */
  cell(value: number, tie: number): number {
    return this.#urn.cell(value, tie);
  }

  /** @param cell from `cell()` */
  take(cell: number, isLearning: boolean): void {
    this.#detector.update(this.#urn.rank(cell, this.#random.next()));
    // Learning comes after the rank, and in the urn's own time: a lagged urn would not be exact.
    if (isLearning && !this.isFrozen) this.#urn.learn(cell);
  }

  /** Weights of the cells of the urn. A copy. */
  weights(): readonly number[] {
    return this.#urn.weights();
  }

  changePointAgo(): number | undefined {
    const start = this.#detector.changePoint();
    return start === 0 ? undefined : this.#detector.records - start + 1;
  }

  rearm(): void {
    this.#detector = new EDetector();
  }

  snapshot(): EvidenceSnapshot {
    return { detector: this.#detector.snapshot(), weights: this.#urn.weights() };
  }
}

/** Evidence on rare outcomes: missing and novel values. */
export class OutcomeEvidence implements Evidence {
  readonly #process: OutcomeProcess;
  readonly #random: RandomSource;
  readonly isFrozen = false;

  constructor(urn: UrnState, random: RandomSource, snapshot: EvidenceSnapshot = {}) {
    this.#process = new OutcomeProcess(urn, snapshot.outcomes);
    this.#random = random;
  }

  get value(): number {
    return this.#process.evidence;
  }

  get current(): undefined {
    return undefined;
  }

  get records(): number {
    return this.#process.records;
  }

  get referenceSize(): number {
    return this.#process.total;
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

  snapshot(): EvidenceSnapshot {
    return { outcomes: this.#process.snapshot() };
  }
}
