import { OutcomeProcess, type RandomSource, type UrnState } from '@telltale/statistics';

import type { Evidence, EvidenceSnapshot } from './evidence.ts';

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

  observe(outcome: number, isLearning: boolean): void {
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
