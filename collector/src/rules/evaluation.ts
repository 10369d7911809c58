import type { NativeHistogram } from '../model/histogram/histogram.ts';
import { Labels } from '../model/labels.ts';

import type { Expr } from '../promql/ast.ts';
import type { Value, VectorElement } from '../promql/eval/values.ts';

import type { Rule } from './rule.ts';

/** A note that a store makes for itself about a series which is written again and again. */
export interface SeriesPlace {
  store: object | undefined;
  reference: number;
}

/** A sample that a rule writes: a float, a histogram, or the mark that a series has ended. */
export interface RuleSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value?: number;
  readonly histogram?: NativeHistogram;
  readonly isStale?: boolean;
  /** Of a series that the rule writes at each evaluation. */
  readonly place?: SeriesPlace;
}

/** What rules need of the world around them. */
export interface RuleEnvironment {
  /** Evaluates an instant query. @throws {Error} when it fails. */
  readonly query: (expr: Expr, timeMs: number) => Value;
  /** Parses and evaluates the expression in a template's `query`. @throws {Error} when it fails. */
  readonly queryText: (text: string, timeMs: number) => Value;
  /** Stores what rules write, at once: later rules of the same group see it. */
  readonly append: (samples: readonly RuleSample[]) => void;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  /** Which rules are evaluated this time; without it all. The others stay as they are. */
  readonly isDue?: (rule: Rule) => boolean;
  /** A clock for durations only, in milliseconds; without one, durations are 0. */
  readonly monotonicMs?: () => number;
}

/**
 * The elements of a result that a rule can use: a scalar is one element without labels.
 *
 * @throws {Error} `rule result is not a vector or scalar`.
 */
export function toElements(value: Value): readonly VectorElement[] {
  if (value.kind === 'vector') return value.elements;
  if (value.kind === 'scalar') {
    return [{ labels: Labels.EMPTY, timeMs: value.timeMs, value: value.value }];
  }
  throw new Error('rule result is not a vector or scalar');
}
