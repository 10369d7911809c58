import type { Expr } from '../../../collector/src/promql/ast.ts';
import { comparedSides } from '../../../collector/src/promql/compared-sides.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { printExpr } from '../../../collector/src/promql/printer.ts';
import { type RuleText, valuesOf } from './rule-answers.ts';

interface Engine {
  readonly base: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What rules gave. */
export interface ComparedRules {
  /** Query by query where the two engines do not agree. */
  readonly different: readonly string[];
  /** Names of rules with a value somewhere, and without any. */
  readonly spoken: readonly string[];
  readonly silent: readonly string[];
  readonly values: number;
}

// Scraped by one and pushed to the other, so their instances have other names; what the alert
// service says of itself is scraped only; and what rules record depends on when they ran.
const APART = /otelcol_|telltale_collector_|\bup\b|\w:\w/u;

/** Asks both engines for each rule, and for what it measures, at one time. */
export async function compareRules(
  rules: readonly RuleText[],
  timeMs: number,
  [one, other]: readonly [Engine, Engine],
): Promise<ComparedRules> {
  const different: string[] = [];
  const counts = new Map<string, number>();
  for (const { name, query: whole } of rules.filter(({ query }) => !APART.test(query))) {
    for (const query of [whole, ...measuredIn(parseExpr(whole)).map(printExpr)]) {
      const [first, second] = await Promise.all([
        valuesOf(one.base, { query, timeMs }, one.headers),
        valuesOf(other.base, { query, timeMs }, other.headers),
      ]);
      counts.set(name, (counts.get(name) ?? 0) + first.length);
      if (JSON.stringify(first) !== JSON.stringify(second)) {
        different.push([`${name}: ${query}`, ...first, 'and', ...second].join('\n  '));
      }
    }
  }
  const names = [...counts.keys()];
  return {
    different,
    spoken: names.filter((name) => counts.get(name) !== 0),
    silent: names.filter((name) => counts.get(name) === 0),
    values: [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** The sides of comparisons, which have values also while the rule does not fire. */
function measuredIn(expr: Expr): readonly Expr[] {
  if (expr.kind === 'paren') return measuredIn(expr.expr);
  if (expr.kind !== 'binary') return [];
  if (['and', 'or', 'unless'].includes(expr.operator)) {
    return [...measuredIn(expr.left), ...measuredIn(expr.right)];
  }
  const measured = comparedSides(expr)?.measured;
  return measured === undefined ? [] : [measured];
}
