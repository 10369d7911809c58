import type { RandomSource } from '../random.ts';
import { outcomeDependence, type SerialDependence } from '../sequential/serial-dependence.ts';
import type { Collected, KnownValues } from './baseline.ts';
import { numberOf, onePerBlock } from './build-baseline.ts';
import { type GateFailure, type GateNeeds, gateOutcomes, gateValues } from './gate-block.ts';
import { startLength } from './gate-outcomes.ts';

const CATEGORIES_MAX = 1000;

/** A part of what was collected, and what was wrong with it as a baseline. */
export interface HomogeneousBlock {
  readonly block: Collected;
  /** Why the values are no baseline. */
  readonly failure: GateFailure | undefined;
  /** Why their missing shares are none. */
  readonly missingFailure: GateFailure | undefined;
  /** In what bursts values are missing, by the longest stretch that is known. */
  readonly missingDependence: SerialDependence;
}

/**
 * What may become a baseline, the best part first: all that was collected without an uneven start,
 * then its newest half. Each is tried when it is asked for.
 */
export function* homogeneousBlocks(
  collected: Collected,
  random: RandomSource,
  needs: GateNeeds = {},
): Generator<HomogeneousBlock> {
  const gate = { ...needs, random };
  const steady = withoutFirst(collected, startLength(collected.outcomes));
  const of = outcomeDependence(steady.outcomes);
  yield tryBlock(steady, of, gate);
  const half = withoutFirst(steady, Math.floor(steady.outcomes.length / 2));
  // A half without outages does not make them a change: their dependence is that of the whole.
  const ofHalf = outcomeDependence(half.outcomes);
  yield tryBlock(half, ofHalf.thin > of.thin ? ofHalf : of, gate);
}

/** The whole where it comes from one distribution, else its newest half. */
export function homogeneousBlock(collected: Collected, random: RandomSource): HomogeneousBlock {
  let last: HomogeneousBlock | undefined;
  for (const tried of homogeneousBlocks(collected, random)) {
    last = tried;
    if (tried.failure === undefined && tried.missingFailure === undefined) break;
  }
  if (last === undefined) throw new TypeError('Cannot try no block');
  return last;
}

function tryBlock(
  block: Collected,
  missingDependence: SerialDependence,
  gate: GateNeeds & { readonly random: RandomSource },
): HomogeneousBlock {
  const missingFailure = gateOutcomes(block, missingDependence.thin, gate);
  const known = categoriesOf(block);
  const all = block.values.map((value) => numberOf(value, known));
  const { blocks: of } = block;
  const numbers = of === undefined ? all : onePerBlock(all, of.ofValues, gate.random);
  const failure = gateValues(block, numbers, gate);
  return { block, failure, missingFailure, missingDependence };
}

/** Without the records at the start, and without the values that belong to them. */
function withoutFirst(collected: Collected, records: number): Collected {
  if (records === 0) return collected;
  const { kind, values, outcomes, blocks } = collected;
  const rest = outcomes.slice(records);
  const usable = rest.filter((outcome) => outcome === 0).length;
  const first = values.length - usable;
  return {
    kind,
    values: values.slice(first),
    outcomes: rest,
    ...(blocks === undefined
      ? {}
      : {
          blocks: {
            ofValues: blocks.ofValues.slice(first),
            ofOutcomes: blocks.ofOutcomes.slice(records),
          },
        }),
  };
}

/** For the gate a category is any stable number: its place among the block's own categories. */
function categoriesOf({ kind, values }: Collected): KnownValues {
  if (kind !== 'categorical') return { kind: 'range', min: 0, max: 0 };
  const names = [...new Set(values.map(String))].toSorted().slice(0, CATEGORIES_MAX);
  return { kind: 'categories', names };
}
