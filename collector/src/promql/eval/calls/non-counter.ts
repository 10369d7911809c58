import type { Labels } from '../../../model/labels.ts';
import { type Annotation, possibleNonCounter, possibleNonCounterType } from '../../annotations.ts';
import type { Position } from '../../ast.ts';
import type { PromqlFeatures } from '../../features.ts';
import { TYPE_LABEL } from '../../kernels/identity.ts';

const COUNTER_SUFFIXES = ['_total', '_sum', '_count', '_bucket'];

/** Says so when a float series under `rate` or `increase` does not look like a counter. */
export function nonCounter(
  labels: Labels,
  features: PromqlFeatures,
  position: Position,
): Annotation | undefined {
  const { metricName } = labels;
  if (metricName === '') return undefined;
  if (features.typeAndUnitLabels) {
    const type = labels.get(TYPE_LABEL);
    const isCounter = type === 'counter' || type === 'histogram';
    return isCounter ? undefined : possibleNonCounterType(metricName, type, position);
  }
  const isCounter = COUNTER_SUFFIXES.some((suffix) => metricName.endsWith(suffix));
  return isCounter ? undefined : possibleNonCounter(metricName, position);
}
