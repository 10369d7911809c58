import { total } from '@telltale/statistics';

import type { FleetInstance } from './fleet-point.ts';
import { rankIndex } from './rank-distances.ts';

/** One instance with its ranks in the window and its own evidence, where it sends any. */
export interface SuspectInstance {
  readonly instance: FleetInstance;
  readonly counts: Float64Array;
  readonly evidence: number | undefined;
}

/** An instance that differs from all the others taken together. */
export interface BadInstance {
  readonly instance: FleetInstance;
  readonly psiDebiased: number;
  /** Corrected for as many instances as were compared. */
  readonly p: number;
  readonly evidence: number | undefined;
}

const P_MAX = 0.001;
/** Of two that differ, it cannot be said which one is bad. */
const INSTANCES_MIN = 3;
/** Records without which an instance is not judged. */
const RECORDS_MIN = 100;

/**
 * The instance that differs most from the sum of the others, if by more than chance, and if its own
 * evidence is the largest of all.
 */
export function findBadInstance(
  instances: readonly SuspectInstance[],
  designEffect: number,
): BadInstance | undefined {
  const judged = instances.filter(({ counts }) => total(counts) >= RECORDS_MIN);
  if (judged.length < INSTANCES_MIN) return undefined;
  const all = sumOf(judged.map(({ counts }) => counts));
  const worst = judged
    .map((suspect) => compare(suspect, all, { tests: judged.length, designEffect }))
    .reduce((high, one) => (one.psiDebiased > high.psiDebiased ? one : high));
  if (worst.p >= P_MAX) return undefined;
  const largest = instances.reduce((high, { evidence = 0 }) => Math.max(high, evidence), 0);
  return (worst.evidence ?? 0) >= largest ? worst : undefined;
}

function compare(
  { instance, counts, evidence }: SuspectInstance,
  all: Float64Array,
  { tests, designEffect }: { readonly tests: number; readonly designEffect: number },
): BadInstance {
  const others = all.map((count, index) => count - (counts[index] ?? 0));
  const index = rankIndex(others, counts, designEffect);
  const p = Math.min(1, (index?.psiP ?? 1) * tests);
  return { instance, psiDebiased: index?.psiDebiased ?? 0, p, evidence };
}

function sumOf(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const counts of vectors) {
    for (const [index, count] of counts.entries()) sum[index] = (sum[index] ?? 0) + count;
  }
  return sum;
}
