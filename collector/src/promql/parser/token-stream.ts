import type { Position } from '../ast.ts';
import { PromqlError, type PromqlErrorCode } from '../error.ts';
import { FEATURE_NAMES, type PromqlFeatures } from '../features.ts';
import { Lexer } from './lexer.ts';
import { SourceText } from './source-text.ts';
import { DURATION, describeToken, NUMBER, type Token, type TokenKind } from './token.ts';

/** How deep brackets, signs and calls may nest. */
const NESTING_MAX = 150;
/**
 * How many binary operators may stand in a chain, which is as deep as it is long because it leans to
 * the left. Both bounds protect the stack of everything that walks the tree, and share one budget.
 */
const CHAIN_MAX = 600;
const NESTING_COST = CHAIN_MAX / NESTING_MAX;

/** Where the parser stands, for the sentence "unexpected ... in ..., expected ...". */
export interface Expectation {
  readonly context: string;
  readonly expected: string;
}

const NOWHERE: Expectation = { context: '', expected: '' };

/** The tokens of one expression with one token of lookahead, and all that parse functions share. */
export class TokenStream {
  readonly source: SourceText;
  readonly features: PromqlFeatures;
  /** The end of the last token read that may close a selector. */
  lastClosing = 0;
  readonly #lexer: Lexer;
  #lookahead: Token | undefined;
  #expectations: Expectation[] = [];
  #depth = 0;

  constructor(text: string, features: PromqlFeatures) {
    this.source = new SourceText(text);
    this.features = features;
    this.#lexer = new Lexer(this.source);
  }

  peek(): Token {
    if (this.#lookahead === undefined) {
      const token = this.#lexer.next();
      this.#lookahead = token;
      if (isClosing(token.kind)) this.lastClosing = token.end;
    }
    return this.#lookahead;
  }

  next(): Token {
    const token = this.peek();
    this.#lookahead = undefined;
    return token;
  }

  isNext(kind: TokenKind): boolean {
    return this.peek().kind === kind;
  }

  /** Passes the next token if it is of the kind. */
  accept(kind: TokenKind): Token | undefined {
    return this.isNext(kind) ? this.next() : undefined;
  }

  /** @throws {PromqlError} "unexpected ..." when the next token is of another kind. */
  expect(kind: TokenKind, expectation?: Expectation): Token {
    return this.accept(kind) ?? this.unexpected(expectation);
  }

  /** Runs `parse` one level deeper. */
  nest<T>(position: Position, parse: () => T): T {
    this.#spend(position, NESTING_COST);
    const result = parse();
    this.#depth -= NESTING_COST;
    return result;
  }

  /** Counts a link of a chain, until `restoreDepth`. */
  chain(position: Position): void {
    this.#spend(position, 1);
  }

  #spend(position: Position, cost: number): void {
    this.#depth += cost;
    if (this.#depth <= CHAIN_MAX) return;
    const limits = `${NESTING_MAX} nested brackets or ${CHAIN_MAX} operators in a chain`;
    this.fail(position, `expression nests too deeply: at most ${limits}`, 'PROMQL_LIMIT');
  }

  get depth(): number {
    return this.#depth;
  }

  restoreDepth(depth: number): void {
    this.#depth = depth;
  }

  /** Runs `parse`; an unexpected token inside is reported with `expectation`, unless nested deeper. */
  within<T>(expectation: Expectation, parse: () => T): T {
    this.#expectations.push(expectation);
    const result = parse();
    this.#expectations.pop();
    return result;
  }

  /** @throws {PromqlError} that names the next token. */
  unexpected(expectation?: Expectation): never {
    const { context, expected } = expectation ?? this.#expectations.at(-1) ?? NOWHERE;
    const token = this.peek();
    const place = context === '' ? '' : ` in ${context}`;
    const wanted = expected === '' ? '' : `, expected ${expected}`;
    return this.fail(token, `unexpected ${describeToken(token)}${place}${wanted}`);
  }

  /** @throws {PromqlError} when the feature is off; the message names its switch. */
  requireFeature(feature: keyof PromqlFeatures, position: Position, reason: string): void {
    if (this.features[feature]) return;
    const hint = `the feature ${FEATURE_NAMES[feature]} switches it on`;
    this.fail(position, `${reason}: ${hint}`, 'PROMQL_FEATURE_OFF');
  }

  fail(position: Position, reason: string, code: PromqlErrorCode = 'PROMQL_SYNTAX'): never {
    const { start, end } = position;
    throw new PromqlError({ code, reason, text: this.source.text, start, end });
  }
}

function isClosing(kind: TokenKind): boolean {
  return kind === ')' || kind === ']' || kind === '}' || kind === NUMBER || kind === DURATION;
}
