import { quoteGo } from '../../go-string.ts';
import { TemplateError } from '../error.ts';
import { lexTemplate } from './lexer.ts';
import type { Token, TokenKind } from './token.ts';

/** Walks the tokens of a template and words what is wrong at the place it stands. */
export class TokenCursor {
  readonly #name: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  /** The line where the open action began; 0 outside actions. */
  actionLine = 0;

  constructor(text: string, name: string) {
    this.#name = name;
    this.#tokens = lexTemplate(text);
  }

  /** The place to come back to with `rewind`. */
  get mark(): number {
    return this.#index;
  }

  rewind(mark: number): void {
    this.#index = mark;
  }

  peek(): Token {
    return this.#tokens[this.#index] ?? this.#last();
  }

  next(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  nextNonSpace(): Token {
    const token = this.peekNonSpace();
    this.#index += 1;
    return token;
  }

  /** Skips spaces and shows what follows them. */
  peekNonSpace(): Token {
    while (this.peek().kind === 'space') this.#index += 1;
    return this.peek();
  }

  /** Takes back the token that was just read. */
  backUp(): void {
    this.#index -= 1;
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  unexpected(token: Token, context: string): never {
    if (token.kind === 'error') this.fail(token.text + this.#actionStart(token), token.line);
    this.fail(`unexpected ${describeToken(token)} in ${context}`, token.line);
  }

  /** Reads a literal; what is wrong with it is reported at this place. */
  attempt<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof TemplateError) this.fail(error.message);
      throw error;
    }
  }

  fail(message: string, line: number = this.#currentLine()): never {
    throw new TemplateError(`template: ${this.#name}:${line}: ${message}`);
  }

  #actionStart(token: Token): string {
    if (this.actionLine === 0 || this.actionLine === token.line) return '';
    const start = ` started at ${this.#name}:${this.actionLine}`;
    return token.text.endsWith(' action') ? start : ` in action${start}`;
  }

  /** The line of the newest token that was looked at. */
  #currentLine(): number {
    return (this.#tokens[Math.max(0, this.#index - 1)] ?? this.#last()).line;
  }

  #last(): Token {
    return this.#tokens.at(-1) ?? { kind: 'end of file', text: 'EOF', position: 0, line: 1 };
  }
}

/** A token as Go's parser quotes it: at most ten characters of it. */
function describeToken(token: Token): string {
  if (token.kind === 'end of file') return 'EOF';
  if (token.kind === 'keyword' || token.kind === 'dot' || token.kind === 'nil') {
    return `<${token.text}>`;
  }
  if (token.text.length > 10) return `${quoteGo(token.text.slice(0, 10))}...`;
  return quoteGo(token.text);
}
