import { quoteGo } from '../../go-string.ts';
import { KEYWORDS, type Token, type TokenKind } from './token.ts';

const LEFT = '{{';
const RIGHT = '}}';
const SPACE = /[ \t\r\n]/u;
const WORD = /[\p{L}\p{Nd}_]/u;
const END = '';

/**
 * Splits a Go template into tokens: `{{` and `}}` with trim markers, comments dropped.
 *
 * A mistake ends the list with an `error` token, so that the parser reports it where it stands.
 */
export function lexTemplate(input: string): readonly Token[] {
  return new Lexer(input).run();
}

class Lexer {
  readonly #input: string;
  readonly #tokens: Token[] = [];
  #start = 0;
  #position = 0;
  #line = 1;
  #parenDepth = 0;
  #isDone = false;

  constructor(input: string) {
    this.#input = input;
  }

  run(): readonly Token[] {
    while (!this.#isDone) this.#lexText();
    return this.#tokens;
  }

  #lexText(): void {
    const next = this.#input.indexOf(LEFT, this.#position);
    const end = next === -1 ? this.#input.length : next;
    const text = this.#input.slice(this.#position, end);
    const isTrimmed = next !== -1 && this.#hasLeftTrimMarker(next + LEFT.length);
    const kept = isTrimmed ? text.replace(/[ \t\r\n]+$/u, '') : text;
    this.#start = this.#position;
    if (kept !== '') this.#push('text', kept, this.#line);
    this.#line += countLines(text);
    this.#position = end;
    this.#start = end;
    if (next === -1) {
      this.#push('end of file', 'EOF', this.#line);
      this.#isDone = true;
    } else this.#lexAction();
  }

  #lexAction(): void {
    const afterMarker = this.#hasLeftTrimMarker(this.#position + LEFT.length) ? 2 : 0;
    const inner = this.#position + LEFT.length + afterMarker;
    if (this.#input.startsWith('/*', inner)) {
      this.#start = inner;
      this.#lexComment(inner);
      return;
    }
    this.#position += LEFT.length;
    this.#emit('leftDelimiter');
    this.#position = inner;
    this.#ignore();
    this.#parenDepth = 0;
    while (!this.#isDone && !this.#lexRightDelimiter()) this.#lexInsideAction();
  }

  #lexComment(inner: number): void {
    const close = this.#input.indexOf('*/', inner + 2);
    if (close === -1) {
      this.#fail('unclosed comment');
      return;
    }
    this.#position = close + 2;
    const delimiter = this.#rightDelimiterLength();
    if (delimiter === 0) {
      this.#fail('comment ends before closing delimiter');
      return;
    }
    this.#position += delimiter;
    if (delimiter > RIGHT.length) this.#skipSpaces();
    this.#ignore();
  }

  /** The length of a right delimiter here, its trim marker included; 0 when there is none. */
  #rightDelimiterLength(): number {
    const marked =
      SPACE.test(this.#at(0)) && this.#input.startsWith(`-${RIGHT}`, this.#position + 1);
    if (marked) return 2 + RIGHT.length;
    return this.#input.startsWith(RIGHT, this.#position) ? RIGHT.length : 0;
  }

  /** Lexes a right delimiter when one stands here and the parentheses are closed. */
  #lexRightDelimiter(): boolean {
    const length = this.#rightDelimiterLength();
    if (length === 0) return false;
    if (this.#parenDepth > 0) {
      this.#fail('unclosed left paren');
      return true;
    }
    this.#position += length - RIGHT.length;
    this.#ignore();
    this.#position += RIGHT.length;
    this.#emit('rightDelimiter');
    if (length > RIGHT.length) {
      this.#skipSpaces();
      this.#ignore();
    }
    return true;
  }

  #lexInsideAction(): void {
    const character = this.#peekCharacter();
    if (character === END) this.#fail('unclosed action');
    else if (SPACE.test(character)) this.#lexSpace();
    else if (character === '"' || character === "'") this.#lexQuoted(character);
    else if (character === '`') this.#lexRawString();
    else if (character === '$') this.#lexName('variable');
    else if (character === '.' && !/[0-9]/u.test(this.#at(1))) this.#lexName('dot');
    else if (/[-+.0-9]/u.test(character)) this.#lexNumber();
    else if (WORD.test(character)) this.#lexIdentifier();
    else this.#lexPunctuation(character);
  }

  #lexSpace(): void {
    while (SPACE.test(this.#at(0)) && this.#rightDelimiterLength() === 0) this.#position += 1;
    this.#emit('space');
  }

  #lexPunctuation(character: string): void {
    this.#position += character.length;
    if (character === '=') this.#emit('assign');
    else if (character === '|') this.#emit('pipe');
    else if (character === '(') {
      this.#parenDepth += 1;
      this.#emit('leftParen');
    } else if (character === ')') this.#lexRightParen();
    else if (character === ':') this.#lexDeclare();
    else if (/^[!-~]$/u.test(character)) this.#emit('char');
    else this.#fail(`unrecognized character in action: ${describeCharacter(character)}`);
  }

  #lexRightParen(): void {
    this.#parenDepth -= 1;
    if (this.#parenDepth < 0) this.#fail('unexpected right paren');
    else this.#emit('rightParen');
  }

  #lexDeclare(): void {
    if (this.#at(0) === '=') {
      this.#position += 1;
      this.#emit('declare');
    } else this.#fail('expected :=');
  }

  #lexQuoted(quote: string): void {
    const what = quote === '"' ? 'quoted string' : 'character constant';
    this.#position += 1;
    for (;;) {
      const character = this.#at(0);
      const isEscape = character === '\\';
      const escaped = this.#at(1);
      const isBroken = character === END || character === '\n';
      if (isBroken || (isEscape && (escaped === END || escaped === '\n'))) {
        this.#fail(`unterminated ${what}`);
        return;
      }
      this.#position += isEscape ? 2 : 1;
      if (character === quote) break;
    }
    this.#emit(quote === '"' ? 'string' : 'charConstant');
  }

  #lexRawString(): void {
    const close = this.#input.indexOf('`', this.#position + 1);
    if (close === -1) {
      this.#position = this.#input.length;
      this.#fail('unterminated raw quoted string');
      return;
    }
    this.#position = close + 1;
    this.#emit('rawString');
  }

  /** A field or a variable: `.` or `$`, then letters. A bare `.` is the dot. */
  #lexName(bareKind: 'dot' | 'variable'): void {
    this.#position += 1;
    if (this.#isAtTerminator()) {
      this.#emit(bareKind);
      return;
    }
    this.#skipWord();
    if (this.#isAtTerminator()) this.#emit(bareKind === 'dot' ? 'field' : 'variable');
    else this.#fail(`bad character ${describeCharacter(this.#peekCharacter())}`);
  }

  #lexIdentifier(): void {
    this.#skipWord();
    if (!this.#isAtTerminator()) {
      this.#fail(`bad character ${describeCharacter(this.#peekCharacter())}`);
      return;
    }
    const word = this.#input.slice(this.#start, this.#position);
    if (KEYWORDS.has(word)) this.#emit('keyword');
    else if (word === 'true' || word === 'false') this.#emit('bool');
    else this.#emit(word === 'nil' ? 'nil' : 'identifier');
  }

  #lexNumber(): void {
    const number =
      /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)/uy;
    number.lastIndex = this.#position;
    number.exec(this.#input);
    this.#position = Math.max(number.lastIndex, this.#position + 1);
    const next = this.#peekCharacter();
    if (WORD.test(next) || next === '+' || next === '-') {
      this.#position += next.length;
      const text = this.#input.slice(this.#start, this.#position);
      this.#fail(`bad number syntax: ${quoteGo(text)}`);
    } else this.#emit('number');
  }

  #skipWord(): void {
    for (;;) {
      const character = this.#peekCharacter();
      if (character === END || !WORD.test(character)) return;
      this.#position += character.length;
    }
  }

  #skipSpaces(): void {
    while (SPACE.test(this.#at(0))) this.#position += 1;
  }

  #isAtTerminator(): boolean {
    const character = this.#at(0);
    if (character === END || SPACE.test(character) || '.,|:)('.includes(character)) return true;
    return this.#input.startsWith(RIGHT, this.#position);
  }

  #hasLeftTrimMarker(position: number): boolean {
    return this.#input[position] === '-' && SPACE.test(this.#input[position + 1] ?? END);
  }

  #at(offset: number): string {
    return this.#input[this.#position + offset] ?? END;
  }

  #peekCharacter(): string {
    const code = this.#input.codePointAt(this.#position);
    return code === undefined ? END : String.fromCodePoint(code);
  }

  #emit(kind: TokenKind): void {
    const text = this.#input.slice(this.#start, this.#position);
    this.#push(kind, text, this.#line);
    this.#line += countLines(text);
    this.#start = this.#position;
  }

  #ignore(): void {
    this.#line += countLines(this.#input.slice(this.#start, this.#position));
    this.#start = this.#position;
  }

  #fail(message: string): void {
    this.#push('error', message, this.#line);
    this.#isDone = true;
  }

  #push(kind: TokenKind, text: string, line: number): void {
    this.#tokens.push({ kind, text, position: this.#start, line });
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    lines += 1;
  }
  return lines;
}

function describeCharacter(character: string): string {
  if (character === END) return 'U+FFFFFFFFFFFFFFFF';
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${character}'`;
}
