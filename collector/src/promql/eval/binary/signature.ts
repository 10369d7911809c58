import type { Labels } from '../../../model/labels.ts';
import { METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { VectorMatching } from '../../ast.ts';
import { derivedLabels } from '../../kernels/derived-labels.ts';
import type { StepSeries } from '../step-series.ts';

/** The labels on which two sides of an operator are matched. */
export function matchedLabels(labels: Labels, matching: VectorMatching): Labels {
  return matching.isOn
    ? labels.keep(new Set(matching.labels))
    : labels.without(new Set([METRIC_NAME_LABEL, ...matching.labels]));
}

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
  const names = new Set(matching.isOn ? matching.labels : [METRIC_NAME_LABEL, ...matching.labels]);
  const ordinals = new Map<string, number>();
  const derive = (labels: Labels): Labels =>
    matching.isOn ? labels.keep(names) : labels.without(names);
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
