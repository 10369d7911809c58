import { quoteGo } from '../../model/go-string.ts';
import { METRIC_NAME_LABEL } from '../../model/labels.ts';
import { compileMatcher } from '../../model/matcher.ts';
import type {
  Aggregation,
  BinaryExpr,
  BinaryOperator,
  Call,
  Expr,
  Position,
  Subquery,
  UnaryExpr,
  ValueType,
  VectorMatching,
  VectorSelector,
} from '../ast.ts';
import { PromqlError } from '../error.ts';
import { isComparison } from '../kernels/operators.ts';
import { FUNCTION_SIGNATURES, type FunctionSignature } from '../signatures.ts';
import type { SourceText } from './source-text.ts';

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export function isSetOperator(operator: BinaryOperator): boolean {
  return SET_OPERATORS.has(operator);
}

/** Types that the kind of an expression alone decides. */
const FIXED_TYPES: ReadonlyMap<Expr['kind'], ValueType> = new Map<Expr['kind'], ValueType>([
  ['number', 'scalar'],
  ['durationOperand', 'scalar'],
  ['string', 'string'],
  ['vectorSelector', 'vector'],
  ['aggregation', 'vector'],
  ['matrixSelector', 'matrix'],
  ['subquery', 'matrix'],
]);

/** The type of a checked expression. */
function typeOf(expr: Expr): ValueType {
  if (expr.kind === 'paren' || expr.kind === 'unary') return typeOf(expr.expr);
  if (expr.kind === 'call') return FUNCTION_SIGNATURES.get(expr.function)?.returns ?? 'vector';
  if (expr.kind === 'binary') {
    const isScalar = typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar';
    return isScalar ? 'scalar' : 'vector';
  }
  return FIXED_TYPES.get(expr.kind) ?? 'vector';
}

/**
 * Checks the types of an expression, and finishes its binary operators: set operators match many to
 * many, and an operator with a scalar side loses its vector matching.
 *
 * @returns the type of the whole.
 * @throws {PromqlError} `PROMQL_TYPE` at the first fault, in the order in which Prometheus reports.
 */
export function checkExpr(expr: Expr, source: SourceText): ValueType {
  return new Checker(source).check(expr);
}

type Finished = { -readonly [Key in keyof BinaryExpr]: BinaryExpr[Key] };

class Checker {
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
  }

  check(expr: Expr): ValueType {
    switch (expr.kind) {
      case 'number':
      case 'durationOperand':
      case 'string':
        return typeOf(expr);
      case 'vectorSelector':
        return this.#checkSelector(expr);
      case 'matrixSelector':
        this.check(expr.selector);
        return 'matrix';
      case 'subquery':
        return this.#checkSubquery(expr);
      case 'call':
        return this.#checkCall(expr);
      case 'aggregation':
        return this.#checkAggregation(expr);
      case 'binary':
        return this.#checkBinary(expr);
      case 'unary':
        return this.#checkUnary(expr);
      case 'paren':
        return this.check(expr.expr);
    }
  }

  #checkSelector(selector: VectorSelector): ValueType {
    const { name, matchers, position } = selector;
    if (name !== '') {
      // The last matcher is the one for the name in front of the braces.
      const again = matchers.slice(0, -1).find((matcher) => matcher.name === METRIC_NAME_LABEL);
      if (again !== undefined) {
        const names = `${quoteGo(name)} or ${quoteGo(again.value)}`;
        this.#fail(position, `metric name must not be set twice: ${names}`);
      }
    } else if (matchers.every((matcher) => compileMatcher(matcher)(''))) {
      this.#fail(position, 'vector selector must contain at least one non-empty matcher');
    }
    return 'vector';
  }

  #checkSubquery({ expr, position }: Subquery): ValueType {
    const type = this.check(expr);
    if (type !== 'vector') {
      this.#fail(position, `subquery is only allowed on instant vector, got ${type} instead`);
    }
    return 'matrix';
  }

  #checkUnary({ expr, position }: UnaryExpr): ValueType {
    const type = this.check(expr);
    if (type !== 'scalar' && type !== 'vector') {
      const got = quoteGo(TYPE_NAMES[type]);
      this.#fail(
        position,
        `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`,
      );
    }
    return type;
  }

  #checkAggregation({ operator, expr, parameter }: Aggregation): ValueType {
    this.#expectType(expr, 'vector', 'aggregation expression');
    if (parameter !== undefined) {
      const wanted = operator === 'count_values' ? 'string' : 'scalar';
      this.#expectType(parameter, wanted, 'aggregation parameter');
    }
    return 'vector';
  }

  #expectType(expr: Expr, wanted: ValueType, context: string): void {
    const type = this.check(expr);
    if (type === wanted) return;
    const names = `${TYPE_NAMES[wanted]} in ${context}, got ${TYPE_NAMES[type]}`;
    this.#fail(expr.position, `expected type ${names}`);
  }

  #checkCall(call: Call): ValueType {
    const signature = FUNCTION_SIGNATURES.get(call.function);
    if (signature === undefined) {
      return this.#fail(call.position, `unknown function with name ${quoteGo(call.function)}`);
    }
    this.#checkArgumentCount(call, signature);
    const isInfo = signature.name === 'info';
    if (isInfo) this.#checkInfoSelector(call);
    const context = `call to function ${quoteGo(signature.name)}`;
    call.args.forEach((arg, index) => {
      // The second argument of info() lists labels; it may well match every series.
      if (isInfo && index === 1) return;
      const wanted = signature.args[Math.min(index, signature.args.length - 1)];
      if (wanted !== undefined) this.#expectType(arg, wanted, context);
    });
    return signature.returns;
  }

  #checkArgumentCount(call: Call, { name, args, variadic }: FunctionSignature): void {
    const count = call.args.length;
    const fail = (wanted: string): never =>
      this.#fail(
        call.position,
        `expected ${wanted} argument(s) in call to ${quoteGo(name)}, got ${count}`,
      );
    if (variadic === 0) {
      if (count !== args.length) fail(String(args.length));
      return;
    }
    const least = args.length - 1;
    if (count < least) fail(`at least ${least}`);
    if (variadic > 0 && count > least + variadic) fail(`at most ${least + variadic}`);
  }

  #checkInfoSelector(call: Call): void {
    const selector = call.args[1];
    if (selector === undefined) return;
    const type = typeOf(selector);
    if (type !== 'vector') {
      const got = TYPE_NAMES[type];
      this.#fail(
        call.position,
        `expected type instant vector in call to function "info", got ${got}`,
      );
    }
    if (selector.kind !== 'vectorSelector') {
      this.#fail(selector.position, 'expected label selectors only');
    } else if (selector.name !== '') {
      this.#fail(selector.position, 'expected label selectors only, got vector selector instead');
    }
  }

  #checkBinary(expr: BinaryExpr): ValueType {
    const left = this.check(expr.left);
    const right = this.check(expr.right);
    const isScalar = left === 'scalar' && right === 'scalar';
    this.#checkComparison(expr, isScalar);
    this.#checkIncludedLabels(expr);
    this.#checkOperand(expr.left, left);
    this.#checkOperand(expr.right, right);
    if (left === 'vector' && right === 'vector') {
      this.#finishMatching(expr);
      return 'vector';
    }
    this.#dropMatching(expr);
    if (isSetOperator(expr.operator)) {
      const operator = quoteGo(expr.operator);
      this.#fail(expr.position, `set operator ${operator} not allowed in binary scalar expression`);
    }
    return isScalar ? 'scalar' : 'vector';
  }

  #checkComparison(expr: BinaryExpr, isScalar: boolean): void {
    const isComparing = isComparison(expr.operator);
    if (expr.returnBool && !isComparing) {
      this.#fail(
        this.#operatorRange(expr),
        'bool modifier can only be used on comparison operators',
      );
    }
    if (isComparing && !expr.returnBool && isScalar) {
      this.#fail(this.#operatorRange(expr), 'comparisons between scalars must use BOOL modifier');
    }
  }

  #checkIncludedLabels(expr: BinaryExpr): void {
    const { matching } = expr;
    if (matching === undefined || !matching.isOn) return;
    const twice = matching.labels.find((label) => matching.include.includes(label));
    if (twice !== undefined) {
      const reason = `label ${quoteGo(twice)} must not occur in ON and GROUP clause at once`;
      this.#fail(this.#operatorRange(expr), reason);
    }
  }

  #checkOperand({ position }: Expr, type: ValueType): void {
    if (type === 'scalar' || type === 'vector') return;
    this.#fail(position, 'binary expression must contain only scalar and instant vector types');
  }

  #finishMatching(expr: BinaryExpr): void {
    const { matching, operator, position } = expr;
    if (matching === undefined || !isSetOperator(operator)) return;
    if (matching.cardinality === 'many-to-one' || matching.cardinality === 'one-to-many') {
      this.#fail(position, `no grouping allowed for ${quoteGo(operator)} operation`);
    }
    if (matching.fill !== undefined) {
      this.#fail(position, 'filling in missing series not allowed for set operators');
    }
    const manyToMany: VectorMatching = { ...matching, cardinality: 'many-to-many' };
    (expr as Finished).matching = manyToMany;
  }

  #dropMatching(expr: BinaryExpr): void {
    const { matching, position } = expr;
    if (matching === undefined) return;
    if (matching.labels.length > 0) {
      this.#fail(position, 'vector matching only allowed between instant vectors');
    }
    if (matching.fill !== undefined) {
      this.#fail(position, 'filling in missing series only allowed between instant vectors');
    }
    delete (expr as Finished).matching;
  }

  /** The operator without the blanks around it. */
  #operatorRange({ left, right }: BinaryExpr): Position {
    const { text } = this.#source;
    let start = this.#source.indexAt(left.position.end);
    let end = this.#source.indexAt(right.position.start);
    while (/\s/u.test(text.charAt(start))) start += 1;
    while (end > start && /\s/u.test(text.charAt(end - 1))) end -= 1;
    return { start: this.#source.byteAt(start), end: this.#source.byteAt(end) };
  }

  #fail(position: Position, reason: string): never {
    const { start, end } = position;
    throw new PromqlError({ code: 'PROMQL_TYPE', reason, text: this.#source.text, start, end });
  }
}
