import type { Value } from '../value.ts';
import type { Directive } from './format-value.ts';

/** One `%` directive as read from a format. */
export interface DirectiveRead {
  readonly directive: Directive;
  /** Offset behind the verb. */
  readonly end: number;
  /** The argument that the verb takes. */
  readonly next: number;
  /** Whether every `[n]` named an argument that exists. */
  readonly isIndexGood: boolean;
  readonly isReordered: boolean;
  /** Texts such as `%!(BADWIDTH)`, printed in front. */
  readonly complaints: string;
}

/** Go refuses a wider field or a longer precision. */
const WIDTH_MAX = 1_000_000;

interface Arguments {
  readonly values: readonly Value[];
  readonly next: number;
}

/** Reads flags, width, precision, argument indexes and the verb behind a `%`. */
export function readDirective(format: string, start: number, args: Arguments): DirectiveRead {
  return new DirectiveReader(format, start, args).read();
}

class DirectiveReader {
  readonly #format: string;
  readonly #values: readonly Value[];
  #index: number;
  #next: number;
  #isIndexGood = true;
  #isReordered = false;
  #isAfterIndex = false;
  #complaints = '';

  constructor(format: string, start: number, args: Arguments) {
    this.#format = format;
    this.#index = start;
    this.#values = args.values;
    this.#next = args.next;
  }

  read(): DirectiveRead {
    let flags = this.#match(/[#0+\- ]*/uy);
    this.#argumentIndex();
    let width = this.#number('%!(BADWIDTH)');
    if (width !== undefined && width < 0) {
      width = -width;
      flags += '-';
    }
    const precision = this.#precision();
    if (!this.#isAfterIndex) this.#argumentIndex();
    const verb = this.#verb();
    return {
      directive: {
        flags,
        verb,
        ...(width === undefined ? {} : { width }),
        ...(precision === undefined ? {} : { precision }),
      },
      end: this.#index,
      next: this.#next,
      isIndexGood: this.#isIndexGood,
      isReordered: this.#isReordered,
      complaints: this.#complaints,
    };
  }

  #verb(): string {
    const code = this.#format.codePointAt(this.#index);
    if (code === undefined) return '';
    const verb = String.fromCodePoint(code);
    this.#index += verb.length;
    return verb;
  }

  #precision(): number | undefined {
    // A dot at the very end is a verb, as in Go.
    if (this.#format[this.#index] !== '.' || this.#index + 1 >= this.#format.length)
      return undefined;
    this.#index += 1;
    if (this.#isAfterIndex) this.#isIndexGood = false;
    this.#argumentIndex();
    const isStar = this.#format[this.#index] === '*';
    const precision = this.#number('%!(BADPREC)');
    if (isStar) return precision !== undefined && precision < 0 ? undefined : precision;
    return precision ?? 0;
  }

  /** `[n]`: the argument to take, counted from one. */
  #argumentIndex(): void {
    if (this.#format[this.#index] !== '[') return;
    this.#isReordered = true;
    const text = this.#match(/\[[0-9]+\]/uy);
    const wanted = Number(text.slice(1, -1));
    if (text === '' || wanted < 1 || wanted > this.#values.length) {
      this.#isIndexGood = false;
      const close = this.#format.indexOf(']', this.#index);
      if (text === '') this.#index = close === -1 ? this.#index + 1 : close + 1;
      return;
    }
    this.#next = wanted - 1;
    this.#isAfterIndex = true;
  }

  /** A width or precision: digits, or `*` for the next argument. */
  #number(complaint: string): number | undefined {
    if (this.#format[this.#index] === '*') {
      this.#index += 1;
      this.#isAfterIndex = false;
      return this.#starArgument(complaint);
    }
    const digits = this.#match(/[0-9]*/uy);
    if (digits === '') return undefined;
    if (this.#isAfterIndex) this.#isIndexGood = false;
    const number = Number(digits);
    return number > WIDTH_MAX ? undefined : number;
  }

  #starArgument(complaint: string): number | undefined {
    const value = this.#values[this.#next];
    if (this.#next < this.#values.length) this.#next += 1;
    if (typeof value === 'bigint' && value >= -WIDTH_MAX && value <= WIDTH_MAX)
      return Number(value);
    this.#complaints += complaint;
    return undefined;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const text = pattern.exec(this.#format)?.[0] ?? '';
    this.#index += text.length;
    return text;
  }
}
