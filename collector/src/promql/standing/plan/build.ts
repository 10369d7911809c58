import type { Aggregation, BinaryExpr, Call, Expr, UnaryExpr, VectorSelector } from '../../ast.ts';
import { unwrapParens } from '../../eval/calls/arguments.ts';
import type { EvaluationOptions } from '../../eval/options.ts';
import { AGGREGATIONS, type FloatAggregation } from '../../kernels/aggregation.ts';
import { isArithmetic, operationOf } from '../../kernels/operators.ts';
import { isSetOperator } from '../../parser/checker.ts';
import { printExpr } from '../../printer.ts';
import { AggregateNode } from '../combine/aggregate.ts';
import { JoinNode } from '../combine/join.ts';
import { FilterNode, UnionNode } from '../combine/sets.ts';
import { dropName, dropNameLater, keepName, type Naming } from '../naming.ts';
import type { Node, ScalarNode, VectorNode } from '../node.ts';
import { Refusal } from '../refusal.ts';
import { InstantNode } from '../select/instant.ts';
import type { MemberRegistry, Members } from '../select/members.ts';
import { MapNode } from '../values/map.ts';
import { combined, constant, negated } from '../values/scalars.ts';
import { buildCall } from './build-call.ts';
import { type Builder, fixedOffset } from './builder.ts';

function isFloatAggregation(operator: string): operator is FloatAggregation {
  return Object.hasOwn(AGGREGATIONS, operator);
}

/**
 * Builds the nodes of expressions, equal parts once. What has no node is refused as a whole: a
 * half-standing expression would be as slow as its slow half.
 */
export class NodeBuilder implements Builder {
  readonly options: EvaluationOptions;
  readonly nodes: Set<VectorNode> = new Set();
  readonly #registry: MemberRegistry;
  readonly #nodeByText: Map<string, Node> = new Map();
  readonly #nodesByText: Map<string, ReadonlySet<VectorNode>> = new Map();
  /** The nodes of the expression that is being built. */
  #current: Set<VectorNode> = new Set();

  constructor(registry: MemberRegistry, options: EvaluationOptions) {
    this.#registry = registry;
    this.options = options;
  }

  get isNameRemovalDelayed(): boolean {
    return this.options.features.delayedNameRemoval;
  }

  /** What becomes of the name where a function or operator drops it. */
  get dropping(): Naming {
    return this.isNameRemovalDelayed ? dropNameLater : dropName;
  }

  /** @throws {Refusal} */
  build(expr: Expr): Node {
    if (expr.kind === 'paren') return this.build(expr.expr);
    const text = printExpr(expr);
    const outer = this.#current;
    this.#current = new Set(this.#nodesByText.get(text));
    try {
      const node = this.#nodeByText.get(text) ?? this.#create(expr);
      this.#nodeByText.set(text, node);
      this.#nodesByText.set(text, this.#current);
      for (const used of this.#current) outer.add(used);
      return node;
    } finally {
      this.#current = outer;
    }
  }

  buildVector(expr: Expr): VectorNode {
    const node = this.build(expr);
    if (node.kind !== 'vector') throw new Refusal('a scalar stands where a vector is wanted');
    return node;
  }

  buildScalar(expr: Expr): ScalarNode {
    const node = this.build(expr);
    if (node.kind !== 'scalar') throw new Refusal('a vector stands where a scalar is wanted');
    return node;
  }

  membersOf({ matchers }: VectorSelector): Members {
    return this.#registry.membersOf(matchers);
  }

  /** The nodes that an expression was built of, shared ones included. */
  nodesOf(expr: Expr): ReadonlySet<VectorNode> {
    return this.#nodesByText.get(printExpr(unwrapParens(expr))) ?? new Set();
  }

  register<T extends VectorNode>(node: T, members?: Members): T {
    const below = [...this.#current];
    const names = new Set(members?.metricName === undefined ? [] : [members.metricName]);
    for (const { reads } of below) for (const name of reads ?? []) names.add(name);
    const readsAny = members !== undefined && members.metricName === undefined;
    const isKnown = !readsAny && below.every(({ reads }) => reads !== undefined);
    node.reads = isKnown ? names : undefined;
    this.nodes.add(node);
    this.#current.add(node);
    return node;
  }

  #create(expr: Expr): Node {
    switch (expr.kind) {
      case 'number':
        return constant(expr.value);
      case 'vectorSelector':
        return this.#createSelector(expr);
      case 'unary':
        return this.#createUnary(expr);
      case 'aggregation':
        return this.#createAggregation(expr);
      case 'binary':
        return this.#createBinary(expr);
      case 'call':
        return this.#createCall(expr);
      case 'paren':
        return this.build(expr.expr);
      case 'string':
      case 'matrixSelector':
      case 'subquery':
      case 'durationOperand':
        throw new Refusal(`${expr.kind} has no standing form`);
    }
  }

  #createSelector(selector: VectorSelector): VectorNode {
    const members = this.membersOf(selector);
    const offsetMs = fixedOffset(selector);
    const { lookbackMs } = this.options;
    return this.register(new InstantNode(members, { offsetMs, lookbackMs }), members);
  }

  #createUnary({ operator, expr }: UnaryExpr): Node {
    const operand = this.build(expr);
    if (operator === '+') return operand;
    if (operand.kind === 'scalar') return negated(operand);
    const node = new MapNode(operand, () => (value) => -value, { name: this.dropping });
    return this.register(node);
  }

  #createAggregation({ operator, expr, grouping, isWithout }: Aggregation): VectorNode {
    if (!isFloatAggregation(operator)) throw new Refusal(`${operator} has no standing form`);
    const input = this.buildVector(expr);
    const { isNameRemovalDelayed } = this;
    const clause = { grouping, isWithout, isNameRemovalDelayed };
    const node = new AggregateNode(input, AGGREGATIONS[operator], clause);
    return this.register(node);
  }

  #createCall(call: Call): Node {
    return buildCall(call, this);
  }

  #createBinary(expr: BinaryExpr): Node {
    if (expr.matching?.fill !== undefined) throw new Refusal('fill has no standing form');
    const left = this.build(expr.left);
    const right = this.build(expr.right);
    if (left.kind === 'scalar') {
      return right.kind === 'scalar'
        ? combined(expr.operator, left, right)
        : this.#withScalar(expr, { vector: right, scalar: left, isScalarLeft: true });
    }
    return right.kind === 'scalar'
      ? this.#withScalar(expr, { vector: left, scalar: right, isScalarLeft: false })
      : this.#ofVectors(expr, [left, right]);
  }

  #withScalar(
    expr: BinaryExpr,
    operands: { vector: VectorNode; scalar: ScalarNode; isScalarLeft: boolean },
  ): VectorNode {
    const { vector, scalar, isScalarLeft } = operands;
    const operation = operationOf(expr.operator, expr.returnBool);
    if (operation === undefined) throw new Refusal(`${expr.operator} has no standing form`);
    const isFilter = !isArithmetic(expr.operator) && !expr.returnBool;
    const node = new MapNode(
      vector,
      (tick) => {
        const number = scalar.evaluate(tick);
        if (!isScalarLeft) return (value) => operation(value, number);
        // A comparison keeps the sample of the vector, on whichever side that stands.
        if (isFilter)
          return (value) => (operation(number, value) === undefined ? undefined : value);
        return (value) => operation(number, value);
      },
      { name: isFilter ? keepName : this.dropping },
    );
    return this.register(node);
  }

  #ofVectors(expr: BinaryExpr, sides: readonly [VectorNode, VectorNode]): VectorNode {
    const { operator, matching } = expr;
    if (matching === undefined) throw new Refusal('unmatched vectors');
    if (isSetOperator(operator)) {
      const node =
        operator === 'or'
          ? new UnionNode(sides, matching)
          : new FilterNode(operator === 'and' ? 'and' : 'unless', sides, matching);
      return this.register(node);
    }
    const operation = operationOf(operator, expr.returnBool);
    if (operation === undefined) throw new Refusal(`${operator} has no standing form`);
    const { isNameRemovalDelayed } = this;
    const node = new JoinNode({ ...expr, matching }, sides, { operation, isNameRemovalDelayed });
    return this.register(node);
  }
}
