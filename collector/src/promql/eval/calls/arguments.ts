import type { Call, Expr } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import type { Scope } from '../query.ts';
import type { StepSeries } from '../step-series.ts';

/** The expression inside any parentheses. */
export function unwrapParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

/** An argument of a call, without parentheses. */
export function argumentAt(call: Call, index: number): Expr {
  const argument = call.args[index];
  if (argument === undefined) {
    throw evaluationError(`missing argument ${index + 1} of "${call.function}"`, call.position);
  }
  return unwrapParens(argument);
}

/** The series of an argument that is an instant vector. */
export function vectorArgument(call: Call, index: number, scope: Scope): readonly StepSeries[] {
  const value = scope.query.evaluate(argumentAt(call, index), scope);
  return value.kind === 'vector' ? value.series : [];
}

/** The numbers, one a step, of an argument that is a scalar. */
export function scalarArgument(call: Call, index: number, scope: Scope): readonly number[] {
  const value = scope.query.evaluate(argumentAt(call, index), scope);
  return value.kind === 'scalar' ? value.values : [];
}

/** The text of an argument that is a string literal. */
export function stringArgument(call: Call, index: number): string {
  const argument = argumentAt(call, index);
  return argument.kind === 'string' ? argument.value : '';
}

/** For each step the scalars among the arguments. */
export function scalarsByStep(columns: readonly (readonly number[])[], count: number): number[][] {
  return Array.from({ length: count }, (_, step) =>
    columns.map((column) => column[step] ?? Number.NaN),
  );
}
