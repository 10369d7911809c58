import { METRIC_NAME_LABEL } from '../model/labels.ts';
import { compileMatcher } from '../model/matcher.ts';

import type { Call, Expr, LabelMatcher, VectorSelector } from '../promql/ast.ts';
import { childrenOf } from '../promql/eval/children.ts';
import { FLOAT_FUNCTIONS } from '../promql/functions/float-functions.ts';
import { FUNCTION_SIGNATURES } from '../promql/signatures.ts';

import { ALERTS_FOR_STATE_METRIC, ALERTS_METRIC } from './alert/alert-series.ts';
import type { Rule } from './rule.ts';

/**
 * What a sample that arrives does to a rule:
 *
 * - `never`: nothing, the rule is evaluated at its slots only;
 * - `alone`: each element of the result comes from one series, so the rule is evaluated at once;
 * - `together`: the result mixes series, so the rule is evaluated when all of them have news.
 */
export type ArrivalMode = 'never' | 'alone' | 'together';

/** A selector of a rule and how far back a sample of it still counts. */
export interface ArrivalInput {
  readonly matchers: readonly LabelMatcher[];
  readonly windowMs: number;
  /** Reads all samples of the window, not only the newest. */
  readonly isRange: boolean;
}

/** Functions of the time, or of what is not there: between slots they say something else. */
const FOR_SLOTS_ONLY: ReadonlySet<string> = new Set(
  (
    'absent absent_over_time time timestamp predict_linear info start_timestamp start end range ' +
    'step day_of_month day_of_week day_of_year days_in_month hour minute month year'
  ).split(' '),
);

/**
 * How samples that arrive wake a rule.
 *
 * @param written names of the metrics that recording rules write.
 */
export function arrivalMode(rule: Rule, written: ReadonlySet<string>): ArrivalMode {
  // A rule with `for` waits for slots anyway: its time runs from slot to slot, as in Prometheus.
  if (rule.kind !== 'alerting' || rule.forMs > 0) return 'never';
  const parts = [...walk(rule.expr)];
  const selectors = parts.filter((part) => part.kind === 'vectorSelector');
  if (selectors.length === 0 || parts.some(isForSlots)) return 'never';
  const own = [...written, ALERTS_METRIC, ALERTS_FOR_STATE_METRIC];
  if (selectors.some(({ matchers }) => own.some((name) => mayMatch(matchers, name)))) {
    return 'never';
  }
  return selectors.length === 1 && isElementwise(rule.expr) ? 'alone' : 'together';
}

/** The selectors of a rule that has an arrival mode other than `never`. */
export function arrivalInputs({ expr }: Rule, lookbackMs: number): readonly ArrivalInput[] {
  const inputs: ArrivalInput[] = [];
  for (const part of walk(expr)) {
    if (part.kind === 'matrixSelector') {
      const windowMs = typeof part.range === 'number' ? part.range : lookbackMs;
      inputs.push({ matchers: part.selector.matchers, windowMs, isRange: true });
    } else if (part.kind === 'vectorSelector' && !part.isOfRange) {
      inputs.push({ matchers: part.matchers, windowMs: lookbackMs, isRange: false });
    }
  }
  return inputs;
}

type Part =
  | Exclude<Expr, VectorSelector>
  | (VectorSelector & {
      /** Stands inside a matrix selector. */
      readonly isOfRange: boolean;
    });

function* walk(expr: Expr): Generator<Part> {
  if (expr.kind === 'vectorSelector') {
    yield { ...expr, isOfRange: false };
    return;
  }
  yield expr;
  if (expr.kind === 'matrixSelector') yield { ...expr.selector, isOfRange: true };
  else for (const inner of childrenOf(expr)) yield* walk(inner);
}

function isForSlots(part: Part): boolean {
  if (part.kind === 'subquery' || part.kind === 'durationOperand') return true;
  if (part.kind === 'call') return FOR_SLOTS_ONLY.has(part.function);
  if (part.kind === 'matrixSelector') return typeof part.range !== 'number';
  return part.kind === 'vectorSelector' && (part.offset !== 0 || part.at !== undefined);
}

/** Whether a series of this name can satisfy the matchers. */
function mayMatch(matchers: readonly LabelMatcher[], metricName: string): boolean {
  return matchers.every((matcher) => {
    return matcher.name !== METRIC_NAME_LABEL || compileMatcher(matcher)(metricName);
  });
}

/** Each element of the result comes from one series: selectors, functions of them, comparisons. */
function isElementwise(expr: Expr): boolean {
  if (expr.kind === 'vectorSelector') return true;
  if (expr.kind === 'paren' || expr.kind === 'unary') return isElementwise(expr.expr);
  if (expr.kind === 'call') return isElementwiseCall(expr);
  if (expr.kind !== 'binary') return false;
  const { left, right } = expr;
  return isConstant(left) ? isElementwise(right) : isConstant(right) && isElementwise(left);
}

function isElementwiseCall({ function: name, args }: Call): boolean {
  const series = args.filter((arg) => !isConstant(arg));
  const [only] = series;
  if (only === undefined || series.length > 1) return false;
  // What takes a range gives one element for each series of it.
  if (only.kind === 'matrixSelector') return FUNCTION_SIGNATURES.get(name)?.returns === 'vector';
  return FLOAT_FUNCTIONS.has(name) && isElementwise(only);
}

function isConstant(expr: Expr): boolean {
  if (expr.kind === 'number') return true;
  if (expr.kind === 'paren' || expr.kind === 'unary') return isConstant(expr.expr);
  return expr.kind === 'binary' && isConstant(expr.left) && isConstant(expr.right);
}
