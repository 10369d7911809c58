import {
  OutcomeProcess,
  type RandomSource,
  RUN_RECORDS_MAX,
  SeededRandom,
  type UrnState,
} from '@telltale/statistics';

import type { Evidence, EvidenceSnapshot } from './evidence.ts';

/** Evidence on rare outcomes: missing and novel values. */
export class OutcomeEvidence implements Evidence {
  readonly #process: OutcomeProcess;
  /**
   * Of tie-breakers alone: a run is taken when the evidence is read, too, and with a generator that
   * values share, the numbers would depend on who reads when.
   */
  readonly #random: SeededRandom;
  #isLearning = true;
  /** Outcomes of the common case that wait. */
  #waiting = 0;

  /** @param random that the generator of tie-breakers is seeded with */
  constructor(urn: UrnState, random: RandomSource, snapshot: EvidenceSnapshot = {}) {
    this.#process = new OutcomeProcess(urn, snapshot.outcomes);
    this.#random =
      snapshot.random === undefined
        ? new SeededRandom(random.next() * 2 ** 32)
        : SeededRandom.restore(snapshot.random);
  }

  get value(): number {
    return this.#settled().evidence;
  }

  get current(): undefined {
    return undefined;
  }

  get records(): number {
    return this.#settled().records;
  }

  get referenceSize(): number {
    return this.#settled().total;
  }

  get isFrozen(): boolean {
    return false;
  }

  get isLearning(): boolean {
    return this.#isLearning;
  }

  set isLearning(isLearning: boolean) {
    this.#settled();
    this.#isLearning = isLearning;
  }

  observe(outcome: number): void {
    if (outcome === 0) {
      this.#waiting += 1;
      if (this.#waiting === RUN_RECORDS_MAX) this.#settled();
    } else {
      this.#settled().update(outcome, this.#random.next(), this.#isLearning);
    }
  }

  changePointAgo(): undefined {
    return undefined;
  }

  rearm(): void {
    this.#settled().rearm();
  }

  snapshot(): EvidenceSnapshot {
    return { outcomes: this.#settled().snapshot(), random: this.#random.snapshot() };
  }

  /** The process, with every outcome taken. */
  #settled(): OutcomeProcess {
    if (this.#waiting > 0) {
      this.#process.updateRun(this.#waiting, this.#random, this.#isLearning);
      this.#waiting = 0;
    }
    return this.#process;
  }
}
