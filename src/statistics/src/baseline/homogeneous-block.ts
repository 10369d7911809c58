import type { RandomSource } from '../random.ts';
import type { Collected, KnownValues } from './baseline.ts';
import { numberOf } from './build-baseline.ts';
import { type GateFailure, gateBlock } from './gate-block.ts';

const CATEGORIES_MAX = 1000;

/** The newest part of what was collected that may be a baseline, and what was wrong where not. */
export interface HomogeneousBlock {
  readonly block: Collected;
  /** Why no part passed; `block` is the newest half then. */
  readonly failure: GateFailure | undefined;
}

/** The whole where it comes from one distribution, else its newest half. */
export function homogeneousBlock(collected: Collected, random: RandomSource): HomogeneousBlock {
  const failure = gateCollected(collected, random);
  if (failure === undefined) return { block: collected, failure };
  const block = newestHalf(collected);
  return { block, failure: gateCollected(block, random) };
}

/** Whether collected records of any kind come from one distribution, see `gateBlock`. */
function gateCollected(collected: Collected, random: RandomSource): GateFailure | undefined {
  const known = categoriesOf(collected);
  return gateBlock(
    collected,
    collected.values.map((value) => numberOf(value, known)),
    random,
  );
}

const newestHalf = ({ kind, values, outcomes }: Collected): Collected => {
  const half = outcomes.slice(-Math.ceil(outcomes.length / 2));
  const usable = half.filter((outcome) => outcome === 0).length;
  return { kind, values: usable === 0 ? [] : values.slice(-usable), outcomes: half };
};

/** For the gate a category is any stable number: its place among the block's own categories. */
function categoriesOf({ kind, values }: Collected): KnownValues {
  if (kind !== 'categorical') return { kind: 'range', min: 0, max: 0 };
  const names = [...new Set(values.map(String))].toSorted().slice(0, CATEGORIES_MAX);
  return { kind: 'categories', names };
}
