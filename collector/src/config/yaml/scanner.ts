import { scanBlockScalar } from './block-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './node-properties.ts';
import { scanPlainScalar } from './plain-scalar.ts';
import { scanQuotedScalar } from './quoted-scalar.ts';
import { YamlSyntaxError } from './syntax-error.ts';
import { END_OF_TEXT, isBlankOrEnd, isBreak, TextCursor } from './text-cursor.ts';
import type { PlainTokenKind, YamlToken } from './token.ts';
import type { Place } from './tree.ts';

/** A key without `?` stands on one line, and its colon at most this far behind its start. */
const SIMPLE_KEY_LENGTH_MAX = 1024;

/** A token that turns out to be a key when a colon follows. */
interface SimpleKey {
  readonly isRequired: boolean;
  /** The place of its token in the list. */
  readonly index: number;
  readonly position: number;
  readonly place: Place;
  readonly column: number;
}

const NO_PLAIN_START = new Set('-?:,[]{}#&*!|>\'"%@`');

/**
 * Cuts a YAML text into tokens, as lenient as libyaml and its offspring are: that is what Prometheus
 * reads its files with, so what loads there must load here. The indentation of quoted text and of
 * flow collections has no meaning, comments may follow a token directly, and any line break will do.
 *
 * The last token is `streamEnd` or `error`; what stands in front of an error is good.
 */
export function scanTokens(text: string): readonly YamlToken[] {
  const scanner = new Scanner(text);
  try {
    scanner.run();
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    scanner.tokens.push({ kind: 'error', place: error.place, message: error.message });
  }
  return scanner.tokens;
}

class Scanner {
  readonly tokens: YamlToken[] = [];
  readonly #cursor: TextCursor;
  /** Columns of the open block collections. */
  readonly #indents: number[] = [];
  #indent = -1;
  /** One for each open flow collection, and one for the block around them. */
  readonly #simpleKeys: (SimpleKey | undefined)[] = [undefined];
  #maySimpleKey = true;

  constructor(text: string) {
    this.#cursor = new TextCursor(text);
  }

  get #isInFlow(): boolean {
    return this.#simpleKeys.length > 1;
  }

  run(): void {
    while (this.tokens.at(-1)?.kind !== 'streamEnd') this.#scanNext();
  }

  #scanNext(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#unrollTo(cursor.column);
    if (cursor.code() === END_OF_TEXT) this.#endStream();
    else if (cursor.column === 0 && cursor.startsWith('%')) this.#scanDirective();
    else if (cursor.isAtDocumentMark()) this.#scanDocumentMark();
    else if (!this.#scanIndicator(cursor.text.charAt(cursor.position))) this.#scanPlain();
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      while (cursor.startsWith(' ') || (cursor.startsWith('\t') && this.#mayTab())) cursor.skip();
      if (cursor.startsWith('#')) cursor.skipToBreak();
      if (!isBreak(cursor.code())) return;
      cursor.readBreak();
      if (!this.#isInFlow) this.#maySimpleKey = true;
    }
  }

  /** A tab is no indentation, so none may stand where a key can begin. */
  #mayTab(): boolean {
    return this.#isInFlow || !this.#maySimpleKey;
  }

  /** @returns false when the character begins a plain scalar, or nothing. */
  #scanIndicator(character: string): boolean {
    if ('-?:'.includes(character)) return this.#scanEntry(character);
    if ('[]{},'.includes(character)) this.#scanFlowIndicator(character);
    else if ('|>'.includes(character) && !this.#isInFlow) this.#scanBlockScalar();
    else if ('"\''.includes(character)) this.#scanQuoted();
    else if ('&*!'.includes(character)) this.#scanProperty(character);
    else return false;
    return true;
  }

  /** `-`, `?` or `:`, which begin a word when something follows them. */
  #scanEntry(character: string): boolean {
    const isApart = isBlankOrEnd(this.#cursor.code(1));
    if (character === '-' && isApart) this.#scanBlockEntry();
    else if (character === '?' && (this.#isInFlow || isApart)) this.#scanKey();
    else if (character === ':' && (this.#isInFlow || isApart)) this.#scanValue();
    else return false;
    return true;
  }

  #scanProperty(character: string): void {
    this.#saveSimpleKey();
    this.#maySimpleKey = false;
    this.tokens.push(character === '!' ? scanTag(this.#cursor) : scanAnchor(this.#cursor));
  }

  #scanFlowIndicator(character: string): void {
    if (character === '[') this.#startFlow('flowSequenceStart');
    else if (character === '{') this.#startFlow('flowMappingStart');
    else if (character === ']') this.#endFlow('flowSequenceEnd');
    else if (character === '}') this.#endFlow('flowMappingEnd');
    else {
      this.#dropSimpleKey();
      this.#maySimpleKey = true;
      this.#push('flowEntry');
    }
  }

  #startFlow(kind: PlainTokenKind): void {
    this.#saveSimpleKey();
    this.#simpleKeys.push(undefined);
    this.#maySimpleKey = true;
    this.#push(kind);
  }

  #endFlow(kind: PlainTokenKind): void {
    this.#dropSimpleKey();
    if (this.#isInFlow) this.#simpleKeys.pop();
    this.#maySimpleKey = false;
    this.#push(kind);
  }

  #scanBlockEntry(): void {
    const { place, column } = this.#cursor;
    if (!this.#isInFlow) {
      if (!this.#maySimpleKey) {
        throw new YamlSyntaxError(place, 'block sequence entries are not allowed in this context');
      }
      this.#rollTo(column, { kind: 'blockSequenceStart', place }, this.tokens.length);
    }
    this.#dropSimpleKey();
    this.#maySimpleKey = true;
    this.#push('blockEntry');
  }

  #scanKey(): void {
    const { place, column } = this.#cursor;
    if (!this.#isInFlow) {
      if (!this.#maySimpleKey) {
        throw new YamlSyntaxError(place, 'mapping keys are not allowed in this context');
      }
      this.#rollTo(column, { kind: 'blockMappingStart', place }, this.tokens.length);
    }
    this.#dropSimpleKey();
    this.#maySimpleKey = !this.#isInFlow;
    this.#push('key');
  }

  #scanValue(): void {
    const key = this.#takeSimpleKey();
    if (key !== undefined) {
      const { place } = key;
      this.tokens.splice(key.index, 0, { kind: 'key', place });
      this.#rollTo(key.column, { kind: 'blockMappingStart', place }, key.index);
      this.#maySimpleKey = false;
    } else {
      const { place, column } = this.#cursor;
      if (!this.#isInFlow) {
        if (!this.#maySimpleKey) {
          throw new YamlSyntaxError(place, 'mapping values are not allowed in this context');
        }
        this.#rollTo(column, { kind: 'blockMappingStart', place }, this.tokens.length);
      }
      this.#maySimpleKey = !this.#isInFlow;
    }
    this.#push('value');
  }

  #scanBlockScalar(): void {
    this.#dropSimpleKey();
    this.#maySimpleKey = true;
    const { place } = this.#cursor;
    const text = scanBlockScalar(this.#cursor, this.#indent);
    this.tokens.push({ kind: 'scalar', place, text, isPlain: false });
  }

  #scanQuoted(): void {
    this.#saveSimpleKey();
    this.#maySimpleKey = false;
    const { place } = this.#cursor;
    this.tokens.push({
      kind: 'scalar',
      place,
      text: scanQuotedScalar(this.#cursor),
      isPlain: false,
    });
  }

  #scanPlain(): void {
    const cursor = this.#cursor;
    const { place } = cursor;
    if (!this.#startsPlain(cursor.text.charAt(cursor.position))) {
      throw new YamlSyntaxError(place, 'found character that cannot start any token');
    }
    this.#saveSimpleKey();
    this.#maySimpleKey = false;
    const indent = this.#indent + 1;
    const { text, endsLine } = scanPlainScalar(cursor, { indent, isInFlow: this.#isInFlow });
    this.tokens.push({ kind: 'scalar', place, text, isPlain: true });
    if (endsLine) this.#maySimpleKey = true;
  }

  #startsPlain(character: string): boolean {
    if (isBlankOrEnd(this.#cursor.code())) return false;
    if (!NO_PLAIN_START.has(character)) return true;
    const next = this.#cursor.code(1);
    if (character === '-') return !isBlankOrEnd(next);
    return !this.#isInFlow && (character === '?' || character === ':') && !isBlankOrEnd(next);
  }

  #scanDirective(): void {
    this.#unrollTo(-1);
    this.#dropSimpleKey();
    this.#maySimpleKey = false;
    this.tokens.push(scanDirective(this.#cursor));
  }

  #scanDocumentMark(): void {
    this.#unrollTo(-1);
    this.#dropSimpleKey();
    this.#maySimpleKey = false;
    const { place } = this.#cursor;
    const kind = this.#cursor.startsWith('---') ? 'documentStart' : 'documentEnd';
    this.#cursor.skip(3);
    this.tokens.push({ kind, place });
  }

  #endStream(): void {
    this.#unrollTo(-1);
    this.#dropSimpleKey();
    this.tokens.push({ kind: 'streamEnd', place: this.#cursor.place });
  }

  #push(kind: PlainTokenKind): void {
    this.tokens.push({ kind, place: this.#cursor.place });
    this.#cursor.skip();
  }

  /** Opens a block collection when the column is deeper than the current one. */
  #rollTo(column: number, start: YamlToken, index: number): void {
    if (this.#isInFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.tokens.splice(index, 0, start);
  }

  /** Closes the block collections that are deeper than the column. */
  #unrollTo(column: number): void {
    if (this.#isInFlow) return;
    while (this.#indent > column) {
      this.tokens.push({ kind: 'blockEnd', place: this.#cursor.place });
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #saveSimpleKey(): void {
    if (!this.#maySimpleKey) return;
    this.#dropSimpleKey();
    const { place, position, column } = this.#cursor;
    const isRequired = !this.#isInFlow && this.#indent === column;
    const key = { isRequired, index: this.tokens.length, position, place, column };
    this.#simpleKeys[this.#simpleKeys.length - 1] = key;
  }

  #dropSimpleKey(): void {
    const key = this.#simpleKeys.at(-1);
    if (key?.isRequired === true) failWithoutColon(key);
    this.#simpleKeys[this.#simpleKeys.length - 1] = undefined;
  }

  #takeSimpleKey(): SimpleKey | undefined {
    const key = this.#simpleKeys.at(-1);
    this.#simpleKeys[this.#simpleKeys.length - 1] = undefined;
    if (key === undefined) return undefined;
    const { line, position } = this.#cursor;
    const isNear = key.place.line === line + 1 && position - key.position <= SIMPLE_KEY_LENGTH_MAX;
    if (!isNear && key.isRequired) failWithoutColon(key);
    return isNear ? key : undefined;
  }
}

function failWithoutColon({ place }: SimpleKey): never {
  throw new YamlSyntaxError(place, "could not find expected ':'");
}
