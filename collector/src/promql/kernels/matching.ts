import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { BinaryExpr, VectorMatching } from '../ast.ts';
import { withoutIdentity } from './identity.ts';
import { isArithmetic } from './operators.ts';

export type MatchedExpr = BinaryExpr & { readonly matching: VectorMatching };

type LabelRule = (labels: Labels) => Labels;

/** The labels of the group that a label set belongs to under `by (names)` or `without (names)`. */
export function groupRule(names: readonly string[], isWithout: boolean): LabelRule {
  if (isWithout) {
    const dropped = new Set([METRIC_NAME_LABEL, ...names]);
    return (labels) => labels.without(dropped);
  }
  if (names.length === 0) return () => Labels.EMPTY;
  const kept = new Set(names);
  return (labels) => labels.keep(kept);
}

/** The labels on which two sides are matched by `on (labels)` or `ignoring (labels)`. */
export function matchRule({ labels, isOn }: VectorMatching): LabelRule {
  return groupRule(labels, !isOn);
}

/** The labels of the result of an operator on a sample of the "many" and one of the "one" side. */
export function resultLabels(
  expr: MatchedExpr,
  [many, one]: readonly [Labels, Labels],
  isNameRemovalDelayed: boolean,
): Labels {
  const { operator, returnBool, matching } = expr;
  let labels = many;
  if (isArithmetic(operator) || (returnBool && !isNameRemovalDelayed)) {
    labels = withoutIdentity(labels);
  }
  // With groups the many side keeps all of its labels.
  if (matching.cardinality === 'one-to-one') {
    const names = new Set(matching.labels);
    labels = matching.isOn ? labels.keep(names) : labels.without(names);
  }
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}
