import type { CounterResetHint, NativeHistogram, Span } from '../../model/histogram/histogram.ts';

/** A histogram as written in a test, and whether its counter reset hint was written too. */
export interface NotatedHistogram {
  readonly histogram: NativeHistogram;
  readonly isHintGiven: boolean;
}

const HINTS: ReadonlyMap<string, CounterResetHint> = new Map([
  ['unknown', 'unknown'],
  ['reset', 'reset'],
  ['not_reset', 'not_reset'],
  ['gauge', 'gauge'],
]);

const LIST_KEYS: ReadonlySet<string> = new Set(['buckets', 'n_buckets', 'custom_values']);
const NUMBER_KEYS: ReadonlySet<string> = new Set([
  'schema',
  'sum',
  'count',
  'z_bucket',
  'z_bucket_w',
  'offset',
  'n_offset',
]);

const ENTRY = /\s*([a-z_]+):(\[[^\]]*\]|[^\s[\]]+)/giuy;
const NUMBER = /^[+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/iu;

/**
 * Reads the inside of `{{schema:1 sum:3 count:22 buckets:[5 10 7]}}`.
 *
 * @throws {SyntaxError} when it is no histogram.
 */
export function parseHistogramNotation(text: string): NotatedHistogram {
  const entries = readEntries(text);
  const numberOf = (key: string): number => parseNotationNumber(entries.get(key) ?? '0');
  const listOf = (key: string): number[] => parseList(entries.get(key) ?? '[]');
  const positiveCounts = listOf('buckets');
  const negativeCounts = listOf('n_buckets');
  return {
    histogram: {
      schema: numberOf('schema'),
      counterResetHint: HINTS.get(entries.get('counter_reset_hint') ?? '') ?? 'unknown',
      zeroThreshold: numberOf('z_bucket_w'),
      zeroCount: numberOf('z_bucket'),
      count: numberOf('count'),
      sum: numberOf('sum'),
      positiveSpans: spansOf(numberOf('offset'), positiveCounts.length),
      positiveCounts,
      negativeSpans: spansOf(numberOf('n_offset'), negativeCounts.length),
      negativeCounts,
      customValues: listOf('custom_values'),
    },
    isHintGiven: entries.has('counter_reset_hint'),
  };
}

/**
 * Reads a number of a series or histogram, `Inf` and `NaN` included.
 *
 * @throws {SyntaxError} when it is none.
 */
export function parseNotationNumber(text: string): number {
  if (!NUMBER.test(text)) throw new SyntaxError(`Cannot read number "${text}" of a series`);
  if (/nan$/iu.test(text)) return Number.NaN;
  if (/inf$/iu.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

function readEntries(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  ENTRY.lastIndex = 0;
  let end = 0;
  for (let entry = ENTRY.exec(text); entry !== null; entry = ENTRY.exec(text)) {
    const [, key = '', value = ''] = entry;
    checkEntry(key.toLowerCase(), value);
    entries.set(key.toLowerCase(), value);
    end = ENTRY.lastIndex;
  }
  const rest = text.slice(end).trim();
  if (rest !== '') throw new SyntaxError(`Cannot read "${rest}" of a histogram`);
  return entries;
}

function checkEntry(key: string, value: string): void {
  const isList = value.startsWith('[');
  const isKnown =
    key === 'counter_reset_hint'
      ? HINTS.has(value)
      : (isList && LIST_KEYS.has(key)) || (!isList && NUMBER_KEYS.has(key));
  if (!isKnown) throw new SyntaxError(`Cannot read "${key}:${value}" of a histogram`);
}

function parseList(text: string): number[] {
  return text
    .slice(1, -1)
    .split(/\s+/u)
    .filter((item) => item !== '')
    .map(parseNotationNumber);
}

function spansOf(offset: number, length: number): Span[] {
  return length === 0 ? [] : [{ offset, length }];
}
