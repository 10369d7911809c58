import type { Expr } from '../../../collector/src/promql/ast.ts';
import {
  evaluateRangeSteps,
  pointsOf,
  type RangeQuery,
} from '../../../collector/src/promql/eval/evaluate.ts';
import type { EvaluationResult } from '../../../collector/src/promql/eval/values.ts';

/** A range query as a matrix, as an instant query gives its value. */
export function evaluateRange(expr: Expr, query: RangeQuery): EvaluationResult {
  const { series, grid, annotations } = evaluateRangeSteps(expr, query);
  const matrix = series.map((item) => ({ labels: item.labels, points: pointsOf(item, grid) }));
  return { value: { kind: 'matrix', series: matrix }, annotations };
}
