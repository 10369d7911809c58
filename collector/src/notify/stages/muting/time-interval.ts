/** A range of whole numbers, both ends included. */
export interface NumberRange {
  readonly begin: number;
  readonly end: number;
}

/** One entry of a time interval: every field that is there must hold. */
export interface TimeSpan {
  /** Minutes of the day; the end is excluded. */
  readonly times?: readonly NumberRange[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly NumberRange[];
  /** Negative days count from the end of the month: -1 is its last day. */
  readonly daysOfMonth?: readonly NumberRange[];
  /** 1 is January. */
  readonly months?: readonly NumberRange[];
  readonly years?: readonly NumberRange[];
  /** An IANA name, `Local`, or `UTC`. */
  readonly location: string;
}

/** A named set of times: any of its spans. */
export interface TimeInterval {
  readonly name: string;
  readonly spans: readonly TimeSpan[];
}

export function containsTime(interval: TimeInterval, timeMs: number): boolean {
  return interval.spans.some((span) => spanContains(span, timeMs));
}

function spanContains(span: TimeSpan, timeMs: number): boolean {
  const local = localTime(timeMs, span.location);
  const isIn = (ranges: readonly NumberRange[] | undefined, value: number): boolean =>
    ranges === undefined || ranges.some(({ begin, end }) => begin <= value && value <= end);
  return (
    isIn(
      span.times?.map(({ begin, end }) => ({ begin, end: end - 1 })),
      local.minute,
    ) &&
    isIn(daysOf(span.daysOfMonth, local.daysInMonth), local.day) &&
    isIn(span.months, local.month) &&
    isIn(span.weekdays, local.weekday) &&
    isIn(span.years, local.year)
  );
}

/** Days from the end of the month as days from its beginning; a day it does not have is left out. */
function daysOf(
  ranges: readonly NumberRange[] | undefined,
  daysInMonth: number,
): readonly NumberRange[] | undefined {
  const fromStart = (day: number): number => (day < 0 ? daysInMonth + day + 1 : day);
  return ranges?.map(({ begin, end }) => ({
    begin: fromStart(begin),
    end: Math.min(fromStart(end), daysInMonth),
  }));
}

interface LocalTime {
  readonly minute: number;
  readonly day: number;
  readonly daysInMonth: number;
  readonly month: number;
  readonly year: number;
  readonly weekday: number;
}

const FORMATS: Map<string, Intl.DateTimeFormat> = new Map();

function localTime(timeMs: number, location: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(location)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return {
    minute: hour * 60 + minute,
    day,
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    month,
    year,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  };
}

function formatOf(location: string): Intl.DateTimeFormat {
  let format = FORMATS.get(location);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      // Without a time zone it is the machine's own, which is what `Local` means.
      ...(location === 'Local' ? {} : { timeZone: location }),
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    FORMATS.set(location, format);
  }
  return format;
}

/** Whether `Intl` knows the place. */
export function isLocation(location: string): boolean {
  try {
    formatOf(location);
    return true;
  } catch {
    return false;
  }
}
