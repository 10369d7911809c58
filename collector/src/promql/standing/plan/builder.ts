import type { Expr, MatrixSelector, VectorSelector } from '../../ast.ts';
import type { EvaluationOptions } from '../../eval/options.ts';
import type { Naming } from '../naming.ts';
import type { Node, ScalarNode, VectorNode } from '../node.ts';
import { Refusal } from '../refusal.ts';
import type { Members } from '../select/members.ts';

/** What the makers of nodes ask of the builder of an expression. */
export interface Builder {
  readonly options: EvaluationOptions;
  readonly isNameRemovalDelayed: boolean;
  /** What becomes of the name where a function or operator drops it. */
  readonly dropping: Naming;
  build(expr: Expr): Node;
  buildVector(expr: Expr): VectorNode;
  buildScalar(expr: Expr): ScalarNode;
  membersOf(selector: VectorSelector): Members;
  /** Notes a new node; `members` are the series that it reads itself. */
  register<T extends VectorNode>(node: T, members?: Members): T;
}

/** The offset of a selector that moves with the evaluation time. */
export function fixedOffset({ offset, at, extension }: VectorSelector): number {
  if (typeof offset !== 'number') throw new Refusal('the offset is computed');
  // At a single time, start() and end() are that time.
  if (at?.kind === 'timestamp') throw new Refusal('the selector is pinned to a time');
  if (extension !== undefined) throw new Refusal(`${extension} has no standing form`);
  return offset;
}

/** The range of a selector in milliseconds. */
export function fixedRange({ range }: MatrixSelector): number {
  if (typeof range !== 'number') throw new Refusal('the range is computed');
  return range;
}
