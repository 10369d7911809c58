import { quoteGo } from '../../model/go-string.ts';
import { PromqlError } from '../error.ts';
import {
  isAlpha,
  isAlphaNumeric,
  isDigit,
  type Scan,
  scanDurationRest,
  scanNumber,
} from './scan-number.ts';
import { StringFault, scanString } from './scan-string.ts';
import type { SourceText } from './source-text.ts';
import {
  DURATION,
  DURATION_WORDS,
  END,
  IDENTIFIER,
  KEYWORDS,
  METRIC_IDENTIFIER,
  NUMBER,
  STRING,
  type Token,
} from './token.ts';

const REPLACEMENT = '\ufffd';
const SINGLE = '*/%+-^,';
const QUOTES = `"'\``;

/**
 * Turns an expression into tokens, on demand: the parser asks for the next token only when it needs
 * it, so that faults are found in the order in which Prometheus finds them.
 *
 * The text is read in one of three ways. Within braces there are labels and no keywords. Just behind
 * `[` there is a duration. Everywhere else, including behind the first number in brackets, the
 * ordinary rules hold, only that within brackets a colon is a token of its own.
 */
export class Lexer {
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;
  #start = 0;
  #parenDepth = 0;
  #isInBraces = false;
  #isInBrackets = false;
  #isInDuration = false;
  #hasColon = false;
  #hasDuration = false;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  /** @throws {PromqlError} when no token can be read. */
  next(): Token {
    if (this.#isInDuration) return this.#nextInDuration();
    this.#skipSpaceAndComments();
    return this.#isInBraces ? this.#nextInBraces() : this.#nextOrdinary();
  }

  #nextOrdinary(): Token {
    if (this.#at >= this.#text.length) return this.#endOfInput();
    const code = this.#text.charCodeAt(this.#at);
    const character = this.#text.charAt(this.#at);
    if (isDigit(code) || (character === '.' && isDigit(this.#text.charCodeAt(this.#at + 1)))) {
      return this.#numberOrDuration();
    }
    if (isAlpha(code) || character === ':') {
      return this.#isInBrackets ? this.#wordInBrackets() : this.#keywordOrIdentifier();
    }
    if (QUOTES.includes(character)) return this.#string();
    return this.#punctuation(character);
  }

  #punctuation(character: string): Token {
    this.#at += 1;
    switch (character) {
      case '=':
        if (this.#peek() === '~') this.#fail("unexpected character after '=': '~'");
        return this.#emit(this.#accept('=') ? '==' : '=');
      case '!':
        if (!this.#accept('=')) this.#failAtNext("unexpected character after '!'");
        return this.#emit('!=');
      case '<':
      case '>':
        if (this.#accept('=') || this.#accept('/')) {
          return this.#emit(this.#text.slice(this.#start, this.#at));
        }
        return this.#emit(character);
      default:
        if (SINGLE.includes(character) || character === '@') return this.#emit(character);
        return this.#bracketing(character);
    }
  }

  #bracketing(character: string): Token {
    switch (character) {
      case '(':
        this.#parenDepth += 1;
        return this.#emit('(');
      case ')':
        return this.#closeParenthesis();
      case '{':
        this.#isInBraces = true;
        return this.#emit('{');
      case '[':
        return this.#openBracket();
      case ']':
        if (!this.#isInBrackets) this.#fail("unexpected right bracket ']'");
        this.#isInBrackets = false;
        return this.#emit(']');
      default:
        this.#at -= 1;
        return this.#failAtNext('unexpected character');
    }
  }

  #openBracket(): Token {
    if (this.#isInBrackets) this.#fail("unexpected left bracket '['");
    this.#hasColon = false;
    const token = this.#emit('[');
    this.#isInBrackets = true;
    this.#isInDuration = true;
    return token;
  }

  #closeParenthesis(): Token {
    const token = this.#emit(')');
    this.#parenDepth -= 1;
    if (this.#parenDepth < 0) this.#fail("unexpected right parenthesis ')'");
    return token;
  }

  #endOfInput(): Token {
    if (this.#parenDepth !== 0) this.#fail('unclosed left parenthesis');
    if (this.#isInBrackets) this.#fail('unclosed left bracket');
    return this.#emit(END);
  }

  /** Behind the first number in brackets only a colon and the duration operands are words. */
  #wordInBrackets(): Token {
    const character = this.#text.charAt(this.#at);
    if (character === ':') {
      if (this.#hasColon) this.#fail("unexpected colon ':'");
      this.#hasColon = true;
      this.#at += 1;
      return this.#emit(':');
    }
    const word = this.#durationWord();
    if (word !== undefined) return word;
    return this.#fail(`unexpected character: '${character}', expected ':'`);
  }

  #durationWord(): Token | undefined {
    let end = this.#at;
    while (isAlpha(this.#text.charCodeAt(end))) end += 1;
    const word = this.#text.slice(this.#at, end).toLowerCase();
    if (!DURATION_WORDS.has(word)) return undefined;
    this.#at = end;
    return this.#emit(word);
  }

  #nextInDuration(): Token {
    this.#skipSpace();
    if (this.#at >= this.#text.length) {
      this.#fail('unexpected end of input in duration expression');
    }
    const code = this.#text.charCodeAt(this.#at);
    const character = this.#text.charAt(this.#at);
    if (isDigit(code) || (character === '.' && isDigit(this.#text.charCodeAt(this.#at + 1)))) {
      this.#hasDuration = true;
      this.#isInDuration = false;
      return this.#numberOrDuration();
    }
    const word = isAlpha(code) ? this.#durationWord() : undefined;
    return word ?? this.#punctuationInDuration(character);
  }

  #punctuationInDuration(character: string): Token {
    this.#at += 1;
    if (SINGLE.includes(character)) return this.#emit(character);
    switch (character) {
      case ']':
        this.#isInBrackets = false;
        this.#isInDuration = false;
        this.#hasColon = false;
        return this.#emit(']');
      case ':':
        return this.#colonInDuration();
      case '(':
        this.#parenDepth += 1;
        return this.#emit('(');
      case ')':
        return this.#closeParenthesis();
      default:
        this.#at -= 1;
        return this.#failAtNext('unexpected character in duration expression');
    }
  }

  #colonInDuration(): Token {
    const token = this.#emit(':');
    if (!this.#hasDuration) {
      this.#fail('unexpected colon before duration in duration expression');
    }
    if (this.#hasColon) this.#fail('unexpected repeated colon in duration expression');
    this.#hasColon = true;
    return token;
  }

  #nextInBraces(): Token {
    if (this.#at >= this.#text.length) this.#fail('unexpected end of input inside braces');
    const character = this.#text.charAt(this.#at);
    if (isAlpha(this.#text.charCodeAt(this.#at))) return this.#identifier();
    if (QUOTES.includes(character)) return this.#string();
    this.#at += 1;
    switch (character) {
      case ',':
        return this.#emit(',');
      case '=':
      case '!':
        return this.#matchOperator(character);
      case '{':
        return this.#fail("unexpected left brace '{'");
      case '}':
        this.#isInBraces = false;
        return this.#emit('}');
      default:
        this.#at -= 1;
        return this.#failAtNext('unexpected character inside braces');
    }
  }

  #matchOperator(character: '=' | '!'): Token {
    if (this.#accept('~')) return this.#emit(`${character}~`);
    if (character === '=') return this.#emit('=');
    if (!this.#accept('=')) this.#failAtNext("unexpected character after '!' inside braces");
    return this.#emit('!=');
  }

  #identifier(): Token {
    while (isAlphaNumeric(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#emit(IDENTIFIER);
  }

  #keywordOrIdentifier(): Token {
    let hasColon = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x3a) hasColon = true;
      else if (!isAlphaNumeric(code)) break;
      this.#at += 1;
    }
    if (hasColon) return this.#emit(METRIC_IDENTIFIER);
    const keyword = KEYWORDS.get(this.#text.slice(this.#start, this.#at).toLowerCase());
    if (keyword === undefined) return this.#emit(IDENTIFIER);
    // `fill` is younger than many metrics of that name, and is a keyword only in front of "(".
    if (keyword.startsWith('fill') && !this.#isFollowedByParenthesis()) {
      return this.#emit(IDENTIFIER);
    }
    return this.#emit(keyword);
  }

  #isFollowedByParenthesis(): boolean {
    let at = this.#at;
    while (isSpace(this.#text.charCodeAt(at))) at += 1;
    return this.#text.charAt(at) === '(';
  }

  #numberOrDuration(): Token {
    const number = scanNumber(this.#text, this.#at);
    if (number.isComplete) return this.#emitScan(NUMBER, number);
    const duration = scanDurationRest(this.#text, number.end);
    if (duration.isComplete) return this.#emitScan(DURATION, duration);
    const scanned = this.#text.slice(this.#start, duration.end);
    return this.#fail(`bad number or duration syntax: ${quoteGo(scanned)}`);
  }

  #string(): Token {
    try {
      this.#at = scanString(this.#text, this.#at);
    } catch (cause) {
      if (cause instanceof StringFault) this.#fail(cause.message);
      throw cause;
    }
    return this.#emit(STRING);
  }

  #skipSpaceAndComments(): void {
    this.#skipSpace();
    while (this.#text.charAt(this.#at) === '#') {
      while (this.#at < this.#text.length && !'\r\n'.includes(this.#text.charAt(this.#at))) {
        this.#at += 1;
      }
      this.#skipSpace();
    }
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
    this.#start = this.#at;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #accept(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #emitScan(kind: string, scan: Scan): Token {
    this.#at = scan.end;
    return this.#emit(kind);
  }

  #emit(kind: string): Token {
    const token = {
      kind,
      text: this.#text.slice(this.#start, this.#at),
      start: this.#source.byteAt(this.#start),
      end: this.#source.byteAt(this.#at),
    };
    this.#start = this.#at;
    return token;
  }

  #failAtNext(reason: string): never {
    const code = this.#text.codePointAt(this.#at);
    const character = code === undefined ? REPLACEMENT : String.fromCodePoint(code);
    return this.#fail(`${reason}: ${quoteGo(character, "'")}`);
  }

  /** A fault of the text reaches from the current token to the end of the input. */
  #fail(reason: string): never {
    throw new PromqlError({
      code: 'PROMQL_SYNTAX',
      reason,
      text: this.#text,
      start: this.#source.byteAt(this.#start),
      end: this.#source.byteLength,
    });
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
