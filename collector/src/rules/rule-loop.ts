import { METRIC_NAME_LABEL } from '../model/labels.ts';

import type { Expr, LabelMatcher } from '../promql/ast.ts';

import { ALERTS_FOR_STATE_METRIC, ALERTS_METRIC } from './alert/alert-series.ts';
import type { Rule } from './rule.ts';

/** Rules that read what they write, directly or through each other, named in order of reading. */
export type RuleLoop = readonly string[];

/**
 * Finds rules whose output feeds their own input. Such a rule reads its previous result: legal, and
 * at times meant, so this is a hint. Selectors without an exact name are not followed.
 */
export function findRuleLoops(rules: readonly Rule[]): readonly RuleLoop[] {
  const readers = new Map<string, ReadonlySet<string>>();
  for (const rule of rules) {
    const written =
      rule.kind === 'recording' ? [rule.name] : [ALERTS_METRIC, ALERTS_FOR_STATE_METRIC];
    const read = metricNames(rule.expr);
    for (const name of written) {
      readers.set(name, new Set([...(readers.get(name) ?? []), ...read]));
    }
  }
  return new LoopSearch(readers).run();
}

class LoopSearch {
  readonly #reads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #done = new Set<string>();
  readonly #loops: RuleLoop[] = [];

  constructor(reads: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#reads = reads;
  }

  /** Depth first with its own stack: ten thousand rules may form one chain. */
  run(): readonly RuleLoop[] {
    for (const start of this.#reads.keys()) {
      if (!this.#done.has(start)) this.#searchFrom(start);
    }
    return this.#loops;
  }

  #searchFrom(start: string): void {
    const path: { readonly name: string; readonly rest: Iterator<string> }[] = [];
    const onPath = new Set<string>();
    const open = (name: string): void => {
      path.push({ name, rest: (this.#reads.get(name) ?? new Set()).values() });
      onPath.add(name);
    };
    open(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        path.pop();
        onPath.delete(top.name);
        this.#done.add(top.name);
      } else if (onPath.has(next.value)) {
        const names = path.map(({ name }) => name);
        this.#loops.push(names.slice(names.indexOf(next.value)));
      } else if (this.#reads.has(next.value) && !this.#done.has(next.value)) {
        open(next.value);
      }
    }
  }
}

function metricNames(expr: Expr): readonly string[] {
  const names: string[] = [];
  const rest: Expr[] = [expr];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next.kind === 'vectorSelector') names.push(...exactNames(next.matchers));
    else rest.push(...children(next));
  }
  return names;
}

function exactNames(matchers: readonly LabelMatcher[]): readonly string[] {
  return matchers
    .filter(({ name, operator }) => name === METRIC_NAME_LABEL && operator === '=')
    .map(({ value }) => value);
}

function children(expr: Expr): readonly Expr[] {
  if (expr.kind === 'matrixSelector') return [expr.selector];
  if (expr.kind === 'call') return expr.args;
  if (expr.kind === 'binary') return [expr.left, expr.right];
  if (expr.kind === 'aggregation') {
    return expr.parameter === undefined ? [expr.expr] : [expr.expr, expr.parameter];
  }
  return 'expr' in expr ? [expr.expr] : [];
}
