import { DAYS, MONTHS, nextElement } from './go-time.ts';

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  offsetSeconds: number;
  isAfternoon: boolean | undefined;
}

type Read = readonly [pattern: RegExp, set: (parts: Parts, text: string) => void];

const prefix = (names: readonly string[]): readonly string[] => names.map((one) => one.slice(0, 3));

function named(names: readonly string[], set: (parts: Parts, index: number) => void): Read {
  return [new RegExp(names.join('|'), 'iuy'), (parts, text) => set(parts, indexIn(names, text))];
}

function indexIn(names: readonly string[], text: string): number {
  return names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
}

function digits(pattern: string, set: (parts: Parts, value: number) => void): Read {
  return [new RegExp(pattern, 'uy'), (parts, text) => set(parts, Number(text))];
}

function zone(pattern: string): Read {
  return [new RegExp(pattern, 'uy'), (parts, text) => (parts.offsetSeconds = offsetOf(text))];
}

function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0] = text.slice(1).match(/\d{2}/gu)?.map(Number) ?? [];
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

const setMonth = (parts: Parts, index: number): void => {
  parts.month = index + 1;
};
const ignore = (): void => {};
const setHour = (parts: Parts, value: number): void => {
  parts.hour = value;
};
const setDay = (parts: Parts, value: number): void => {
  parts.day = value;
};
const setMinute = (parts: Parts, value: number): void => {
  parts.minute = value;
};
const setSecond = (parts: Parts, value: number): void => {
  parts.second = value;
};

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['January', named(MONTHS, setMonth)],
  ['Jan', named(prefix(MONTHS), setMonth)],
  ['Monday', named(DAYS, ignore)],
  ['Mon', named(prefix(DAYS), ignore)],
  ['2006', digits('\\d{4}', (parts, value) => (parts.year = value))],
  ['06', digits('\\d{2}', (parts, value) => (parts.year = value + (value >= 69 ? 1900 : 2000)))],
  ['01', digits('\\d{2}', (parts, value) => setMonth(parts, value - 1))],
  ['1', digits('\\d{1,2}', (parts, value) => setMonth(parts, value - 1))],
  ['02', digits('\\d{2}', setDay)],
  ['_2', digits(' ?\\d{1,2}', setDay)],
  ['2', digits('\\d{1,2}', setDay)],
  ['15', digits('\\d{2}', setHour)],
  ['03', digits('\\d{2}', setHour)],
  ['3', digits('\\d{1,2}', setHour)],
  ['04', digits('\\d{2}', setMinute)],
  ['4', digits('\\d{1,2}', setMinute)],
  ['05', digits('\\d{2}', setSecond)],
  ['5', digits('\\d{1,2}', setSecond)],
  ['PM', [/AM|PM/uy, (parts, text) => (parts.isAfternoon = text === 'PM')]],
  ['pm', [/am|pm/uy, (parts, text) => (parts.isAfternoon = text === 'pm')]],
  ['MST', [/[A-Z]{3,5}/uy, ignore]],
  ['-0700', zone('[-+]\\d{4}')],
  ['-07:00', zone('[-+]\\d{2}:\\d{2}')],
  ['Z0700', zone('Z|[-+]\\d{4}')],
  ['Z07:00', zone('Z|[-+]\\d{2}:\\d{2}')],
]);

const FRACTION: Read = [
  /[.,]\d+/uy,
  (parts, text) => (parts.ms = Math.trunc(Number(`0.${text.slice(1)}`) * 1000)),
];

/** A time read by Go's reference layout. */
export interface ParsedTime {
  readonly epochMs: number;
  readonly offsetSeconds: number;
}

/** Reads a time by Go's reference layout; `undefined` when the text does not follow it. */
export function parseGoTime(layout: string, text: string): ParsedTime | undefined {
  const parts: Parts = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ms: 0,
    offsetSeconds: 0,
    isAfternoon: undefined,
  };
  let position = 0;
  for (let rest = layout; rest !== ''; ) {
    const element = nextElement(rest);
    rest = rest.slice(element.length);
    const end = readElement(element, { parts, text, position });
    if (end === undefined) return undefined;
    position = end;
    // Seconds may carry a fraction that the layout does not name.
    if (/^0?5$/u.test(element) && !/^[.,]/u.test(rest)) {
      position = readElement('.000', { parts, text, position }) ?? position;
    }
  }
  return position === text.length ? finish(parts) : undefined;
}

function readElement(
  element: string,
  { parts, text, position }: { readonly parts: Parts; text: string; position: number },
): number | undefined {
  const reader = READERS.get(element) ?? (/^[.,][09]/u.test(element) ? FRACTION : undefined);
  if (reader === undefined) {
    return text.startsWith(element, position) ? position + element.length : undefined;
  }
  const [pattern, set] = reader;
  pattern.lastIndex = position;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return undefined;
  set(parts, found);
  return position + found.length;
}

function finish(parts: Parts): ParsedTime | undefined {
  const { year, month, day, minute, second, ms, offsetSeconds } = parts;
  const hour = hour24(parts);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  date.setUTCHours(hour, minute, second, ms);
  return { epochMs: date.getTime() - offsetSeconds * 1000, offsetSeconds };
}

function hour24({ hour, isAfternoon }: Parts): number {
  if (isAfternoon === undefined) return hour;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}
