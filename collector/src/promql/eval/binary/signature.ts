import type { VectorMatching } from '../../ast.ts';
import { derivedLabels } from '../../kernels/derived-labels.ts';
import { matchRule } from '../../kernels/matching.ts';
import type { StepSeries } from '../step-series.ts';

/** For each series the ordinal of its match group; equal on both sides for equal groups. */
export interface MatchGroups {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly count: number;
}

export function groupByMatch(
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  matching: VectorMatching,
): MatchGroups {
  const ordinals = new Map<string, number>();
  const derive = matchRule(matching);
  const ordinalOf = ({ labels }: StepSeries): number => {
    const { key } = derivedLabels(matching, labels, derive);
    let ordinal = ordinals.get(key);
    if (ordinal === undefined) {
      ordinal = ordinals.size;
      ordinals.set(key, ordinal);
    }
    return ordinal;
  };
  const groups = { left: left.map(ordinalOf), right: right.map(ordinalOf) };
  return { ...groups, count: ordinals.size };
}
