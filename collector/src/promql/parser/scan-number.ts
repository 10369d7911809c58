const DECIMAL = '0123456789';
const HEX = '0123456789abcdefABCDEF';

/** Where the scanner stopped, and whether what it passed is a whole token. */
export interface Scan {
  readonly end: number;
  readonly isComplete: boolean;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isAlpha(code: number): boolean {
  return code === 0x5f || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

export function isAlphaNumeric(code: number): boolean {
  return isAlpha(code) || isDigit(code);
}

/**
 * Scans a number: decimal, hexadecimal or float, with `_` between digits. The result need not be a
 * valid number, which is decided when its value is read; but what may follow what is decided here,
 * as Prometheus does, because error messages quote the text up to the place where scanning stops.
 */
export function scanNumber(text: string, start: number): Scan {
  return new NumberScanner(text, start).scan();
}

class NumberScanner {
  readonly #text: string;
  #at: number;
  #digits = DECIMAL;
  #hasDot = false;
  #hasExponent = false;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  scan(): Scan {
    if (this.#accept('0') && this.#accept('xX')) {
      this.#accept('_');
      this.#digits = HEX;
    }
    this.#accept('.');
    this.#accept(this.#digits);
    while (this.#isNext(`${this.#digits}._eE`)) {
      if (!this.#step()) return { end: this.#at, isComplete: false };
    }
    return { end: this.#at, isComplete: !isAlphaNumeric(this.#text.charCodeAt(this.#at)) };
  }

  /** Passes one part of the number; false when it may not stand here. */
  #step(): boolean {
    if (this.#isNext('.') && this.#hasDot) return this.#reject('.');
    if (this.#isNext('eE') && this.#hasExponent) return this.#reject('eE');
    if (this.#accept('.')) {
      this.#hasDot = true;
      return !this.#accept('_.') && this.#digits === DECIMAL;
    }
    // In a hexadecimal number "e" is a digit, but upstream asks for the exponent first.
    if (this.#accept('eE')) {
      this.#hasExponent = true;
      this.#accept('+-');
      return !this.#accept('._eE') && !this.#isAtEnd();
    }
    if (this.#accept('_')) return !this.#accept('._eE') && !this.#isAtEnd();
    while (this.#accept(this.#digits)) {
      // Consume the run of digits.
    }
    return true;
  }

  #reject(set: string): boolean {
    this.#accept(set);
    return false;
  }

  #isNext(set: string): boolean {
    return !this.#isAtEnd() && set.includes(this.#text.charAt(this.#at));
  }

  #accept(set: string): boolean {
    const isAccepted = this.#isNext(set);
    if (isAccepted) this.#at += 1;
    return isAccepted;
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }
}

/**
 * Scans the rest of a duration whose first digits `scanNumber` has passed: a unit, then digits and
 * units in turn. Units in a wrong order are found when the value is read.
 */
export function scanDurationRest(text: string, start: number): Scan {
  let at = start;
  const accept = (set: string): boolean => {
    const isAccepted = at < text.length && set.includes(text.charAt(at));
    if (isAccepted) at += 1;
    return isAccepted;
  };
  if (!accept('smhdwy')) return { end: at, isComplete: false };
  accept('s');
  while (accept(DECIMAL)) {
    while (accept(DECIMAL)) {
      // Consume the run of digits.
    }
    if (!accept('smhdw')) return { end: at, isComplete: false };
    accept('s');
  }
  if (isAlphaNumeric(text.charCodeAt(at))) return { end: at + 1, isComplete: false };
  return { end: at, isComplete: true };
}
