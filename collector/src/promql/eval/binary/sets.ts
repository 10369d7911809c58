import { filterSteps } from '../filter-steps.ts';
import type { StepSeries } from '../step-series.ts';
import { hasSamples, isPresent } from '../step-series.ts';
import type { MatchGroups } from './signature.ts';

export interface Sides {
  readonly left: readonly StepSeries[];
  readonly right: readonly StepSeries[];
}

/** `and`, `or` and `unless`: which samples stay depends on the match groups of the other side. */
export function combineSets(
  operator: 'and' | 'or' | 'unless',
  sides: Sides,
  groups: MatchGroups,
): readonly StepSeries[] {
  if (operator === 'or') {
    const isMissing = presence(sides.left, groups.left, false);
    return [...sides.left, ...filterSide(sides.right, groups.right, isMissing)];
  }
  const isKept = presence(sides.right, groups.right, operator === 'and');
  return filterSide(sides.left, groups.left, isKept);
}

/** Tells whether a match group has (or, when `isWanted` is false, has not) a sample at a step. */
function presence(
  series: readonly StepSeries[],
  ordinals: readonly number[],
  isWanted: boolean,
): (ordinal: number, step: number) => boolean {
  const members = new Map<number, StepSeries[]>();
  for (const [position, item] of series.entries()) {
    const ordinal = ordinals[position] ?? 0;
    const group = members.get(ordinal);
    if (group === undefined) members.set(ordinal, [item]);
    else group.push(item);
  }
  return (ordinal, step) => {
    const group = members.get(ordinal);
    return (group?.some((item) => isPresent(item, step)) ?? false) === isWanted;
  };
}

function filterSide(
  series: readonly StepSeries[],
  ordinals: readonly number[],
  isKept: (ordinal: number, step: number) => boolean,
): StepSeries[] {
  const kept: StepSeries[] = [];
  for (const [position, item] of series.entries()) {
    const filtered = filterSteps(item, (step) => isKept(ordinals[position] ?? 0, step));
    if (hasSamples(filtered)) kept.push(filtered);
  }
  return kept;
}
