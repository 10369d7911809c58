import type { Expr, LabelMatcher } from '../ast.ts';
import { DEFAULT_FEATURES, type PromqlFeatures } from '../features.ts';
import { checkExpr } from './checker.ts';
import { parseExpression } from './expression.ts';
import { parseVectorSelector } from './selector.ts';
import { END, isMetricName } from './token.ts';
import { TokenStream } from './token-stream.ts';

/**
 * Parses and checks a PromQL expression.
 *
 * @throws {PromqlError} at the first fault; its message is the one Prometheus gives.
 *
 * @example
 * parseExpr('sum by (job) (rate(errors_total[5m]))').kind; // 'aggregation'
 */
export function parseExpr(text: string, features: PromqlFeatures = DEFAULT_FEATURES): Expr {
  const stream = new TokenStream(text, features);
  if (stream.isNext(END)) stream.fail({ start: 0, end: 0 }, 'no expression found in input');
  const expr = parseExpression(stream);
  stream.expect(END);
  checkExpr(expr, stream.source);
  return expr;
}

/**
 * Parses a metric selector such as `up{job="a"}` into its matchers.
 *
 * @throws {PromqlError} when the text is no selector.
 */
export function parseMetricSelector(text: string): readonly LabelMatcher[] {
  const stream = new TokenStream(text, DEFAULT_FEATURES);
  const first = stream.peek();
  const metric = isMetricName(first) ? stream.next() : undefined;
  const { matchers } = parseVectorSelector(stream, metric);
  stream.expect(END);
  return matchers;
}
