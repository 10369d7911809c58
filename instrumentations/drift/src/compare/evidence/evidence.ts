import type { EDetectorState, LastingState, OutcomeState } from '@telltale/statistics';

/** What evidence was, as plain data. */
export interface EvidenceSnapshot {
  readonly detector?: EDetectorState;
  readonly lasting?: LastingState;
  readonly weights?: readonly number[];
  readonly outcomes?: OutcomeState;
  /** Of the tie-breakers of outcomes; absent in what an older release wrote. */
  readonly random?: readonly number[];
  readonly classes?: readonly ClassSnapshot[];
}

/** Evidence on one category, as plain data. */
export interface ClassSnapshot {
  readonly place: number;
  readonly edges: readonly number[];
  readonly ties: readonly number[];
  readonly state: OutcomeState;
  /** Of a class that the user named: the evidence of its bets. */
  readonly bets?: readonly number[];
}

/**
 * Evidence that one aspect of a stream no longer follows its baseline. Records are taken in short runs,
 * which costs less than one at a time; whatever is asked for takes those that wait first.
 */
export interface Evidence {
  readonly value: number;
  /** Evidence of the best recent stretch, where it is known. */
  readonly current: number | undefined;
  /** Records taken since the start or the last incident. */
  readonly records: number;
  /** Spacings and records that the reference holds. */
  readonly referenceSize: number;
  readonly isFrozen: boolean;
  /** Whether the records that follow join the reference; at first they do. */
  isLearning: boolean;
  /** Records since the change most likely began, in records taken; absent where unknown. */
  changePointAgo(): number | undefined;
  /** Forgets the evidence after an incident. What was learned of the reference stays. */
  rearm(): void;
  snapshot(): EvidenceSnapshot;
}
