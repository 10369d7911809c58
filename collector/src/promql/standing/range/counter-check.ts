import type { Position } from '../../ast.ts';
import { possibleNonCounter, possibleNonCounterType } from '../../eval/annotations.ts';
import { TYPE_LABEL } from '../../eval/name-removal.ts';
import type { PromqlFeatures } from '../../features.ts';
import type { CounterCheck } from './rate.ts';

const COUNTER_SUFFIXES = ['_total', '_sum', '_count', '_bucket'];

/** How the general evaluator tells whether a float series under `rate` looks like a counter. */
export function counterCheckOf(features: PromqlFeatures, position: Position): CounterCheck {
  return (labels) => {
    const { metricName } = labels;
    if (metricName === '') return undefined;
    if (features.typeAndUnitLabels) {
      const type = labels.get(TYPE_LABEL);
      const isCounter = type === 'counter' || type === 'histogram';
      return isCounter ? undefined : possibleNonCounterType(metricName, type, position);
    }
    const isCounter = COUNTER_SUFFIXES.some((suffix) => metricName.endsWith(suffix));
    return isCounter ? undefined : possibleNonCounter(metricName, position);
  };
}
