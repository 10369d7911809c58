import { formatFloat } from '../../format-float.ts';
import { typeName, type Value } from '../value.ts';
import { type Directive, formatValue } from './format-value.ts';
import { readDirective } from './printf-directive.ts';

const PLAIN: Directive = { flags: '', verb: 'v' };
/** A text or a nested value beyond this is refused: templates are user input. */
const LENGTH_MAX = 1 << 20;
const ELEMENTS_MAX = 100_000;

/** Go's `fmt.Sprint`: a space between two operands when neither is a string. */
export function printDefault(values: readonly Value[]): string {
  checkSize(values);
  let text = '';
  for (const [index, value] of values.entries()) {
    const previous = values[index - 1];
    const isSpaced = index > 0 && typeof value !== 'string' && typeof previous !== 'string';
    text += isSpaced ? ` ${printOne(value)}` : printOne(value);
  }
  return text;
}

/** Go's `fmt.Sprintln`: a space between all operands and a newline. */
export function printLine(values: readonly Value[]): string {
  checkSize(values);
  return `${values.map(printOne).join(' ')}\n`;
}

function printOne(value: Value): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? formatFloat(value, 'general') : formatValue(value, PLAIN);
}

/**
 * Go's `fmt.Sprintf`, its complaints included: `%!d(float64=15)`, `%!s(MISSING)`,
 * `%!(EXTRA int=1)`, `%!(NOVERB)`.
 */
export function printFormatted(format: string, values: readonly Value[]): string {
  checkSize(values);
  let text = '';
  let next = 0;
  let isReordered = false;
  for (let index = 0; index < format.length; ) {
    const percent = format.indexOf('%', index);
    if (percent === -1) {
      text += format.slice(index);
      break;
    }
    text += format.slice(index, percent);
    const read = readDirective(format, percent + 1, { values, next });
    text += read.complaints + formatDirective(read.directive, values, read);
    next = read.next + (consumes(read, values) ? 1 : 0);
    index = read.end;
    if (text.length > LENGTH_MAX) throw new Error(`text exceeds ${LENGTH_MAX} characters`);
    isReordered ||= read.isReordered;
  }
  return isReordered ? text : text + complainAboutRest(values, next);
}

/** Counts elements before printing: maps that hold each other twice grow without end. */
function checkSize(values: readonly Value[]): void {
  const rest: Value[] = [...values];
  let count = 0;
  for (let value = rest.pop(); rest.length > 0 || value !== undefined; value = rest.pop()) {
    count += 1;
    if (count > ELEMENTS_MAX) throw new Error(`value exceeds ${ELEMENTS_MAX} elements`);
    if (typeof value === 'object') rest.push(...elementsOf(value));
  }
}

function elementsOf(value: Value & object): Iterable<Value> {
  if (value.kind === 'list') return value.items;
  if (value.kind === 'map') return value.entries.values();
  return value.kind === 'object' ? Object.values(value.fields) : [];
}

type Read = ReturnType<typeof readDirective>;

function consumes(read: Read, values: readonly Value[]): boolean {
  const { verb } = read.directive;
  return verb !== '%' && verb !== '' && read.isIndexGood && read.next < values.length;
}

function formatDirective(directive: Directive, values: readonly Value[], read: Read): string {
  const { verb } = directive;
  if (verb === '') return '%!(NOVERB)';
  if (verb === '%') return '%';
  if (!read.isIndexGood) return `%!${verb}(BADINDEX)`;
  if (read.next >= values.length) return `%!${verb}(MISSING)`;
  return formatValue(values[read.next], directive);
}

function complainAboutRest(values: readonly Value[], next: number): string {
  if (next >= values.length) return '';
  const rest = values.slice(next).map((value) => {
    return value === undefined ? '<nil>' : `${typeName(value)}=${printOne(value)}`;
  });
  return `%!(EXTRA ${rest.join(', ')})`;
}
