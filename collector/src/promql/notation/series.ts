import { addHistograms, subtractHistograms } from '../../model/histogram/add.ts';
import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import { unquoteString } from '../parser/unquote.ts';
import type { NotatedHistogram } from './histogram.ts';
import { parseHistogramNotation, parseNotationNumber } from './histogram.ts';

/** One value of a written series. */
export type SequenceValue =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'float'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly histogram: NativeHistogram;
      /** The counter reset hint was written out, and is meant. */
      readonly isHintGiven: boolean;
    };

export interface WrittenSeries {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
}

/** More values than this in one series are a slip of the pen. */
const SEQUENCE_VALUES_MAX = 1_000_000;

/**
 * Reads a series of a test file: `metric{label="value"} 0+2x10 _ 5 stale {{count:3 buckets:[3]}}`.
 *
 * @throws {SyntaxError} saying what cannot be read.
 */
export function parseSeries(text: string): WrittenSeries {
  const { labels, end } = parseSelectorPart(text);
  return { labels, values: parseSequence(text.slice(end)) };
}

/**
 * Reads values separated by blanks: `5`, `5x3` (four times 5), `5+1x3` (5 6 7 8), `5-1x3`, `_`,
 * `_x3`, `stale`, and the same with histograms.
 *
 * @throws {SyntaxError} saying what cannot be read.
 */
export function parseSequence(text: string): SequenceValue[] {
  const values: SequenceValue[] = [];
  for (const item of splitItems(text)) {
    for (const value of expandItem(item)) values.push(value);
    if (values.length > SEQUENCE_VALUES_MAX) throw tooLong(text);
  }
  return values;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/uy;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/suy;

/** Reads a metric name and labels from the start of a text. */
export function parseSelectorPart(text: string): { labels: Labels; end: number } {
  const reader = new Reader(text);
  const pairs: [string, string][] = [];
  const name = reader.take(NAME);
  if (name !== undefined) pairs.push([METRIC_NAME_LABEL, name]);
  if (reader.takeText('{')) {
    while (!reader.takeText('}')) {
      pairs.push(readLabel(reader));
      if (reader.takeText('}')) break;
      if (!reader.takeText(',')) throw reader.fault('"," or "}"');
    }
  } else if (name === undefined) {
    throw reader.fault('a metric name or "{"');
  }
  return { labels: Labels.fromPairs(pairs), end: reader.position };
}

function readLabel(reader: Reader): [string, string] {
  reader.skipBlanks();
  const quoted = reader.take(STRING);
  const name = quoted === undefined ? reader.take(NAME) : unquoteString(quoted);
  if (name === undefined) throw reader.fault('a label name');
  if (!reader.takeText('=')) {
    if (quoted === undefined) throw reader.fault('"="');
    return [METRIC_NAME_LABEL, name];
  }
  reader.skipBlanks();
  const value = reader.take(STRING);
  if (value === undefined) throw reader.fault('a quoted label value');
  return [name, unquoteString(value)];
}

class Reader {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
    this.skipBlanks();
  }

  skipBlanks(): void {
    while (/\s/u.test(this.text.charAt(this.position))) this.position += 1;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  takeText(wanted: string): boolean {
    const start = this.position;
    this.skipBlanks();
    // Two braces open a histogram, which is the first value of a series without labels.
    const isHistogram = wanted === '{' && this.text.startsWith('{{', this.position);
    if (this.text.startsWith(wanted, this.position) && !isHistogram) {
      this.position += wanted.length;
      return true;
    }
    this.position = start;
    return false;
  }

  fault(wanted: string): SyntaxError {
    return new SyntaxError(
      `Cannot read series at column ${this.position + 1}: expected ${wanted} in "${this.text}"`,
    );
  }
}

/** Splits at blanks, but not at those inside a histogram. */
export function splitItems(text: string): string[] {
  return text.match(/(?:\{\{[^}]*\}\}|[^\s{])+|\{+\S*/gu) ?? [];
}

const HISTOGRAM_ITEM =
  /^\{\{(?<base>[^}]*)\}\}(?:(?:(?<sign>[+-])\{\{(?<step>[^}]*)\}\})?x(?<times>\d+))?$/u;
const FLOAT = '[+-]?(?:inf|nan|(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)';
const FLOAT_ITEM = new RegExp(
  `^(?<base>${FLOAT})(?:(?<step>${FLOAT.replace('?', '')})?x(?<times>\\d+))?$`,
  'iu',
);

function expandItem(item: string): readonly SequenceValue[] {
  if (item === 'stale') return [{ kind: 'stale' }];
  const omitted = /^_(?:x(?<times>\d+))?$/u.exec(item);
  if (omitted !== null) {
    return repeat(Number(omitted.groups?.['times'] ?? 1), () => ({ kind: 'omitted' }));
  }
  const histogram = HISTOGRAM_ITEM.exec(item)?.groups;
  if (histogram !== undefined) return expandHistogram(histogram);
  const float = FLOAT_ITEM.exec(item)?.groups;
  if (float === undefined) throw new SyntaxError(`Cannot read series value "${item}"`);
  return expandFloat(float);
}

type ItemParts = Readonly<Record<string, string | undefined>>;

function expandFloat({ base = '', step, times = '0' }: ItemParts): SequenceValue[] {
  const increment = step === undefined ? 0 : parseNotationNumber(step);
  let value = parseNotationNumber(base);
  // Added up rather than multiplied, so that rounding errors are those of Prometheus.
  return repeat(Number(times) + 1, (position) => {
    if (position > 0 && step !== undefined) value += increment;
    return { kind: 'float', value };
  });
}

function expandHistogram({ base = '', sign, step, times = '0' }: ItemParts): SequenceValue[] {
  const first = parseHistogramNotation(base);
  if (step === undefined) {
    return repeat(Number(times) + 1, () => ({ kind: 'histogram', ...first }));
  }
  const increment = parseHistogramNotation(step);
  const { isHintGiven } = increment;
  let { histogram } = first;
  return repeat(Number(times) + 1, (position) => {
    if (position > 0) histogram = nextHistogram(histogram, increment, sign);
    return { kind: 'histogram', histogram, isHintGiven };
  });
}

function nextHistogram(
  histogram: NativeHistogram,
  step: NotatedHistogram,
  sign: string | undefined,
): NativeHistogram {
  if (histogram.schema > step.histogram.schema) {
    throw new SyntaxError(
      `error combining histograms: cannot merge from schema ${step.histogram.schema} to ${histogram.schema}`,
    );
  }
  const combine = sign === '-' ? subtractHistograms : addHistograms;
  const combined = combine(histogram, step.histogram);
  if (combined === undefined) {
    throw new SyntaxError('error combining histograms: exponential and custom buckets do not mix');
  }
  return combined.histogram;
}

export function repeat<T>(times: number, create: (position: number) => T): T[] {
  if (times > SEQUENCE_VALUES_MAX) throw tooLong(`x${times}`);
  return Array.from({ length: times }, (_, position) => create(position));
}

function tooLong(text: string): SyntaxError {
  return new SyntaxError(
    `Cannot read series "${text.trim()}": more than ${SEQUENCE_VALUES_MAX} values`,
  );
}
