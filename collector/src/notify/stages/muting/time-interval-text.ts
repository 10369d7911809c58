import type { NumberRange } from './time-interval.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** The shortest month: days counted from either end can be compared for certain within it. */
const DAYS_IN_MONTH_MIN = 28;

/** `monday` or `monday:friday`. @throws {SyntaxError} */
export function parseWeekdays(text: string): NumberRange {
  return inOrder(
    text,
    parseRange(text, (name) => indexIn(WEEKDAYS, name, 'a weekday')),
  );
}

/** `may`, `5` or `may:august`. @throws {SyntaxError} */
export function parseMonths(text: string): NumberRange {
  const range = parseRange(text, (name) => {
    return /^\d+$/u.test(name) ? Number(name) : indexIn(MONTHS, name, 'a month') + 1;
  });
  return inOrder(text, within(text, range, [1, 12]));
}

/** `2026` or `2026:2028`. @throws {SyntaxError} */
export function parseYears(text: string): NumberRange {
  return inOrder(text, parseRange(text, wholeNumber));
}

/** `1:5`, `-3:-1`. @throws {SyntaxError} */
export function parseDaysOfMonth(text: string): NumberRange {
  const range = parseRange(text, wholeNumber);
  for (const day of [range.begin, range.end]) {
    if (day === 0 || Math.abs(day) > 31) {
      throw new SyntaxError(`expected days from 1 to 31 or -1 to -31: current value is "${text}"`);
    }
  }
  if (range.begin < 0 && range.end > 0) {
    throw new SyntaxError('expected a negative end day after a negative start day');
  }
  const fromStart = (day: number): number => (day < 0 ? DAYS_IN_MONTH_MIN + day : day);
  inOrder(text, { begin: fromStart(range.begin), end: fromStart(range.end) });
  return range;
}

/** Minutes of the day from `09:30`; `24:00` is the end of the day. @throws {SyntaxError} */
export function parseTimeOfDay(text: string): number {
  if (!/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/u.test(text)) {
    throw new SyntaxError(`expected a time such as 09:30: current value is "${text}"`);
  }
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function parseRange(text: string, parse: (part: string) => number): NumberRange {
  const [begin = '', end = begin, ...rest] = text.toLowerCase().split(':');
  if (rest.length > 0) {
    throw new SyntaxError(`expected a range such as 1:5: current value is "${text}"`);
  }
  return { begin: parse(begin), end: parse(end) };
}

function wholeNumber(text: string): number {
  if (/^[+-]?\d+$/u.test(text)) return Number(text);
  throw new SyntaxError(`expected a whole number: current value is "${text}"`);
}

function indexIn(names: readonly string[], name: string, what: string): number {
  const index = names.indexOf(name);
  if (index < 0) throw new SyntaxError(`expected ${what}: current value is "${name}"`);
  return index;
}

function within(
  text: string,
  range: NumberRange,
  [least, most]: readonly [least: number, most: number],
): NumberRange {
  if (range.begin >= least && range.end <= most) return range;
  throw new SyntaxError(`expected values from ${least} to ${most}: current value is "${text}"`);
}

function inOrder(text: string, range: NumberRange): NumberRange {
  if (range.begin <= range.end) return range;
  throw new SyntaxError(`expected an end that is not before its start: current value is "${text}"`);
}
