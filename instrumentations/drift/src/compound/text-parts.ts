import type { Part, ValueParts } from './value-parts.ts';

const PARTS: readonly Part[] = [
  { suffix: 'length', kind: 'numeric' },
  { suffix: 'letters', kind: 'numeric' },
  { suffix: 'digits', kind: 'numeric' },
  { suffix: 'whitespace', kind: 'numeric' },
  { suffix: 'other', kind: 'numeric' },
  { suffix: 'tokens', kind: 'numeric' },
];
const TOKENS = 5;

/** UTF-16 units that are looked at: the rest of a longer text is taken to be alike. */
const UNITS_MAX = 16_384;

const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;
const OTHER = 4;
const BASIC_PLANE = 0x10000;

/** Classes of code points of the basic plane, 0 where not asked yet. Made at the first text. */
let classes: Uint8Array | undefined;

function classOf(codePoint: number): number {
  classes ??= new Uint8Array(BASIC_PLANE);
  const known = codePoint < BASIC_PLANE ? (classes[codePoint] ?? 0) : 0;
  if (known !== 0) return known;
  const found = classify(String.fromCodePoint(codePoint));
  if (codePoint < BASIC_PLANE) classes[codePoint] = found;
  return found;
}

function classify(character: string): number {
  if (/\p{L}|\p{M}/u.test(character)) return LETTER;
  if (/\p{N}/u.test(character)) return DIGIT;
  return /\s/u.test(character) ? SPACE : OTHER;
}

/**
 * What is watched of a text: its length in code points, the shares of letters, digits, whitespace
 * and everything else, and its tokens where the caller counts them. The text itself is not kept.
 */
export class TextParts implements ValueParts {
  readonly parts: readonly Part[] = PARTS;
  readonly values: (number | undefined)[] = PARTS.map(() => undefined);
  readonly #counts = new Uint32Array(5);

  /** @param value a string, or `{ text, tokens }` */
  split(value: unknown): string | undefined {
    const { text, tokens } = readText(value);
    if (text === undefined) return 'no text';
    this.#count(text);
    this.values[TOKENS] = tokens;
    return undefined;
  }

  #count(text: string): void {
    const counts = this.#counts.fill(0);
    const units = Math.min(text.length, UNITS_MAX);
    let points = 0;
    for (let index = 0; index < units; index += 1) {
      const codePoint = text.codePointAt(index) ?? 0;
      if (codePoint >= BASIC_PLANE) index += 1;
      points += 1;
      const found = classOf(codePoint);
      counts[found] = (counts[found] ?? 0) + 1;
    }
    // An empty text has no shares, but a length.
    this.values[0] = units === 0 ? 0 : Math.round((points * text.length) / units);
    for (const part of [LETTER, DIGIT, SPACE, OTHER]) {
      this.values[part] = points === 0 ? undefined : (counts[part] ?? 0) / points;
    }
  }
}

function readText(value: unknown): {
  readonly text: string | undefined;
  readonly tokens: number | undefined;
} {
  if (typeof value === 'string') return { text: value, tokens: undefined };
  if (typeof value !== 'object' || value === null) return { text: undefined, tokens: undefined };
  const { text, tokens } = value as { readonly text?: unknown; readonly tokens?: unknown };
  return {
    text: typeof text === 'string' ? text : undefined,
    // What is no number is seen as an invalid one.
    tokens: tokens === undefined || typeof tokens === 'number' ? tokens : Number.NaN,
  };
}
