import type { BinaryOperator } from '../../ast.ts';
import { scalarResult } from '../../kernels/operators.ts';
import type { ScalarNode, Tick, VectorNode } from '../node.ts';

export function constant(value: number): ScalarNode {
  return { kind: 'scalar', evaluate: () => value };
}

/** `time()`: the evaluation time in seconds. */
export const TIME: ScalarNode = { kind: 'scalar', evaluate: ({ timeMs }) => timeMs / 1000 };

export function negated(operand: ScalarNode): ScalarNode {
  return { kind: 'scalar', evaluate: (tick) => -operand.evaluate(tick) };
}

/** An operator between scalars; comparisons give 0 or 1. */
export function combined(
  operator: BinaryOperator,
  left: ScalarNode,
  right: ScalarNode,
): ScalarNode {
  return {
    kind: 'scalar',
    evaluate: (tick) => scalarResult(operator, left.evaluate(tick), right.evaluate(tick)),
  };
}

/** `scalar(vector)`: the one sample of the vector, NaN for none or many. */
export function onlySample(vector: VectorNode): ScalarNode {
  return {
    kind: 'scalar',
    evaluate: (tick: Tick) => {
      vector.evaluate(tick);
      let found = -1;
      for (let slot = 0; slot < vector.slotCount; slot += 1) {
        if (vector.present[slot] === 0) continue;
        if (found >= 0) return Number.NaN;
        found = slot;
      }
      return found < 0 ? Number.NaN : (vector.values[found] ?? Number.NaN);
    },
  };
}
