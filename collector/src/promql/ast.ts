/** Byte offsets into the expression's UTF-8 text, `end` exclusive. */
export interface Position {
  readonly start: number;
  readonly end: number;
}

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | 'atan2'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'and'
  | 'or'
  | 'unless'
  | '</'
  | '>/';

export type AggregateOperator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

/** A duration as written: fixed milliseconds, or an expression of numbers (experimental). */
export type DurationMs = number | Expr;

/** The time an `@` modifier pins a selector to. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  | { readonly kind: 'start' | 'end' };

/** `offset` and `@`, as selectors and subqueries carry them. */
export interface TimeModifiers {
  readonly offset: DurationMs;
  readonly at?: AtModifier;
}

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration such as `5m`, which the printer keeps. */
  readonly isDuration?: boolean;
  readonly position: Position;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly position: Position;
}

export interface VectorSelector extends TimeModifiers {
  readonly kind: 'vectorSelector';
  /** The metric name when written in front of the braces, else `''`; `matchers` holds it too. */
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
  readonly position: Position;
  /** Extended range selectors (experimental). */
  readonly extension?: 'anchored' | 'smoothed';
}

export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  /** Carries the offset and `@` that stand behind the brackets. */
  readonly selector: VectorSelector;
  readonly range: DurationMs;
  readonly position: Position;
}

export interface Subquery extends TimeModifiers {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: DurationMs;
  /** Absent: the default evaluation interval. */
  readonly step?: DurationMs;
  readonly position: Position;
}

export interface Call {
  readonly kind: 'call';
  readonly function: string;
  readonly args: readonly Expr[];
  readonly position: Position;
}

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly operator: AggregateOperator;
  readonly expr: Expr;
  readonly parameter?: Expr;
  readonly grouping: readonly string[];
  readonly isWithout: boolean;
  readonly position: Position;
}

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly labels: readonly string[];
  /** `on (labels)` rather than `ignoring (labels)`. */
  readonly isOn: boolean;
  /** The labels of `group_left` or `group_right`. */
  readonly include: readonly string[];
  /** Fill values for the side without a match (experimental). */
  readonly fill?: { readonly left?: number; readonly right?: number };
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  /** Present when both sides are vectors. */
  readonly matching?: VectorMatching;
  readonly returnBool: boolean;
  readonly position: Position;
}

export interface UnaryExpr {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expr: Expr;
  readonly position: Position;
}

export interface ParenExpr {
  readonly kind: 'paren';
  readonly expr: Expr;
  readonly position: Position;
}

/** `step()`, `range()` and other operands that only duration expressions know (experimental). */
export interface DurationOperand {
  readonly kind: 'durationOperand';
  readonly name: 'step' | 'range';
  readonly position: Position;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | BinaryExpr
  | UnaryExpr
  | ParenExpr
  | DurationOperand;
