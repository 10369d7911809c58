import { Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { Call, Expr, LabelMatcher } from '../../ast.ts';
import type { Scope } from '../query.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { emptySeries, hasSamples, isPresent, setFloat } from '../step-series.ts';
import { argumentAt, vectorArgument } from './arguments.ts';

/** `absent(v)`: 1 at the steps where the vector is empty. */
export function evaluateAbsent(call: Call, scope: Scope): StepValue {
  return absentSteps(argumentAt(call, 0), vectorArgument(call, 0, scope), scope);
}

/** 1 at the steps where no series has a sample, under the labels that the selector asks for. */
export function absentSteps(
  selector: Expr,
  series: readonly StepSeries[],
  { grid }: Scope,
): StepValue {
  const absent = emptySeries(labelsOfSelector(selector), grid.count);
  for (let step = 0; step < grid.count; step += 1) {
    if (!series.some((item) => isPresent(item, step))) setFloat(absent, step, 1);
  }
  return { kind: 'vector', series: hasSamples(absent) ? [absent] : [] };
}

export function labelsOfSelector(expr: Expr): Labels {
  if (expr.kind === 'vectorSelector') return labelsOfMatchers(expr.matchers);
  if (expr.kind === 'matrixSelector') return labelsOfMatchers(expr.selector.matchers);
  return Labels.EMPTY;
}

/** Labels with exactly one equality matcher; a second matcher of any kind removes the label. */
function labelsOfMatchers(matchers: readonly LabelMatcher[]): Labels {
  const pairs = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (name === METRIC_NAME_LABEL) continue;
    if (operator === '=' && !seen.has(name)) {
      pairs.set(name, value);
      seen.add(name);
    } else {
      pairs.delete(name);
    }
  }
  return Labels.fromPairs(pairs);
}
