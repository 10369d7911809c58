import type { GoFunction, ObjectValue, Value } from '../value.ts';

/** A fixed zone; UTC is `{ name: 'UTC', offsetSeconds: 0 }`. */
export interface Zone {
  readonly name: string;
  readonly offsetSeconds: number;
}

/** The first moment of the year 1, which Go's zero time is: "not set". */
export const ZERO_TIME_MS = -62_135_596_800_000;

const UTC: Zone = { name: 'UTC', offsetSeconds: 0 };

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

interface Clock {
  readonly date: Date;
  readonly ms: number;
  readonly zone: Zone;
}

type Field = (clock: Clock) => string;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function hour12({ date }: Clock): number {
  return date.getUTCHours() % 12 || 12;
}

function offset(separator: string, zone: Zone): string {
  const minutes = Math.trunc(Math.abs(zone.offsetSeconds) / 60);
  const sign = zone.offsetSeconds < 0 ? '-' : '+';
  return `${sign}${two(Math.trunc(minutes / 60))}${separator}${two(minutes % 60)}`;
}

function dayOfYear({ date }: Clock): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

const nameOfMonth: Field = ({ date }) => MONTHS[date.getUTCMonth()] ?? '';
const nameOfDay: Field = ({ date }) => DAYS[date.getUTCDay()] ?? '';

/** Go's layout elements, longest first where one begins another. */
const FIELDS: readonly (readonly [element: string, field: Field])[] = [
  ['January', nameOfMonth],
  ['Jan', (clock) => nameOfMonth(clock).slice(0, 3)],
  ['Monday', nameOfDay],
  ['Mon', (clock) => nameOfDay(clock).slice(0, 3)],
  ['MST', ({ zone }) => zone.name],
  ['2006', ({ date }) => String(date.getUTCFullYear()).padStart(4, '0')],
  ['-07:00', ({ zone }) => offset(':', zone)],
  ['-0700', ({ zone }) => offset('', zone)],
  ['-07', ({ zone }) => offset('', zone).slice(0, 3)],
  ['Z07:00', ({ zone }) => (zone.offsetSeconds === 0 ? 'Z' : offset(':', zone))],
  ['Z0700', ({ zone }) => (zone.offsetSeconds === 0 ? 'Z' : offset('', zone))],
  ['002', (clock) => String(dayOfYear(clock)).padStart(3, '0')],
  ['__2', (clock) => String(dayOfYear(clock)).padStart(3, ' ')],
  ['01', ({ date }) => two(date.getUTCMonth() + 1)],
  ['02', ({ date }) => two(date.getUTCDate())],
  ['03', (clock) => two(hour12(clock))],
  ['04', ({ date }) => two(date.getUTCMinutes())],
  ['05', ({ date }) => two(date.getUTCSeconds())],
  ['06', ({ date }) => two(date.getUTCFullYear() % 100)],
  ['15', ({ date }) => two(date.getUTCHours())],
  ['PM', ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['pm', ({ date }) => (date.getUTCHours() < 12 ? 'am' : 'pm')],
  ['_2', ({ date }) => String(date.getUTCDate()).padStart(2, ' ')],
  ['1', ({ date }) => String(date.getUTCMonth() + 1)],
  ['2', ({ date }) => String(date.getUTCDate())],
  ['3', (clock) => String(hour12(clock))],
  ['4', ({ date }) => String(date.getUTCMinutes())],
  ['5', ({ date }) => String(date.getUTCSeconds())],
];

/** The element at the start of `layout`: a name of the table, a fraction, or one character. */
export function nextElement(layout: string): string {
  const fraction = FRACTION.exec(layout)?.[0];
  if (fraction !== undefined) return fraction;
  const found = FIELDS.find(([element]) => layout.startsWith(element));
  return found?.[0] ?? layout.charAt(0);
}

const FRACTION = /^[.,](?:0+|9+)(?![0-9])/u;

/** A time in milliseconds since the epoch, written by Go's reference layout. */
function formatGoTime(epochMs: number, layout: string, zone: Zone = UTC): string {
  const clock: Clock = {
    date: new Date(epochMs + zone.offsetSeconds * 1000),
    ms: ((epochMs % 1000) + 1000) % 1000,
    zone,
  };
  let text = '';
  for (let index = 0; index < layout.length; ) {
    const rest = layout.slice(index);
    const fraction = FRACTION.exec(rest)?.[0];
    const found = FIELDS.find(([element]) => rest.startsWith(element));
    if (fraction !== undefined) text += formatFraction(fraction, clock.ms);
    else text += found === undefined ? rest.charAt(0) : found[1](clock);
    index += fraction?.length ?? found?.[0].length ?? 1;
  }
  return text;
}

/** `.000` keeps trailing zeros, `.999` drops them and itself when nothing remains. */
function formatFraction(element: string, ms: number): string {
  const digits = String(ms)
    .padStart(3, '0')
    .padEnd(element.length - 1, '0')
    .slice(0, element.length - 1);
  if (element[1] === '0') return element.charAt(0) + digits;
  const kept = digits.replace(/0+$/u, '');
  return kept === '' ? '' : element.charAt(0) + kept;
}

const DEFAULT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

/** A Go `time.Time` for templates; milliseconds are as fine as the service's clocks. */
export function timeValue(
  epochMs: number,
  options: { zone?: Zone; typeName?: string } = {},
): ObjectValue {
  const { zone = UTC, typeName = 'time.Time' } = options;
  return {
    kind: 'object',
    typeName,
    fields: {},
    methods: timeMethods(epochMs, zone),
    text: formatGoTime(epochMs, DEFAULT_LAYOUT, zone),
  };
}

function timeMethods(epochMs: number, zone: Zone): Readonly<Record<string, GoFunction>> {
  const date = new Date(epochMs + zone.offsetSeconds * 1000);
  const integer = (value: number): GoFunction => getter(BigInt(Math.trunc(value)));
  return {
    Format: {
      parameters: ['string'],
      call: ([layout]) => formatGoTime(epochMs, typeof layout === 'string' ? layout : '', zone),
    },
    String: getter(formatGoTime(epochMs, DEFAULT_LAYOUT, zone)),
    UTC: { parameters: [], call: () => timeValue(epochMs) },
    Unix: integer(Math.floor(epochMs / 1000)),
    UnixMilli: integer(epochMs),
    UnixNano: getter(BigInt(Math.trunc(epochMs)) * 1_000_000n),
    Year: integer(date.getUTCFullYear()),
    Month: getter(MONTHS[date.getUTCMonth()] ?? ''),
    Day: integer(date.getUTCDate()),
    Hour: integer(date.getUTCHours()),
    Minute: integer(date.getUTCMinutes()),
    Second: integer(date.getUTCSeconds()),
    Weekday: getter(DAYS[date.getUTCDay()] ?? ''),
    YearDay: integer(dayOfYear({ date, ms: 0, zone })),
    IsZero: getter(epochMs === ZERO_TIME_MS),
  };
}

function getter(value: Value): GoFunction {
  return { parameters: [], call: () => value };
}
