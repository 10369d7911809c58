/** The last second that a JavaScript date can hold, in either direction. */
const DATE_SECONDS_MAX = 8_640_000_000_000;
const INT64_SIZE = 2n ** 63n;
const SECONDS_PER_DAY = 86_400n;
const DAYS_PER_ERA = 146_097n;
const YEARS_PER_ERA = 400n;

/** A moment in UTC. */
interface Moment {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** Sunday is 0. */
  readonly weekday: number;
}

/** Parts of the time that a number of seconds since the epoch stands for, by function name. */
export const DATE_FUNCTIONS: ReadonlyMap<string, (seconds: number) => number> = new Map([
  ['days_in_month', (seconds) => daysInMonth(momentOf(seconds))],
  ['day_of_month', (seconds) => momentOf(seconds).day],
  ['day_of_week', (seconds) => momentOf(seconds).weekday],
  ['day_of_year', (seconds) => dayOfYear(momentOf(seconds))],
  ['hour', (seconds) => momentOf(seconds).hour],
  ['minute', (seconds) => momentOf(seconds).minute],
  ['month', (seconds) => momentOf(seconds).month],
  ['year', (seconds) => momentOf(seconds).year],
]);

function momentOf(seconds: number): Moment {
  const whole = Math.trunc(seconds);
  if (!(Math.abs(whole) <= DATE_SECONDS_MAX)) return distantMoment(toInt64(whole));
  const date = new Date(whole * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    weekday: date.getUTCDay(),
  };
}

/**
 * What does not fit an integer of 64 bits, NaN included, becomes the smallest one on amd64, which Go
 * then takes for a time in the far future.
 */
function toInt64(seconds: number): bigint {
  return Math.abs(seconds) < 2 ** 63 ? BigInt(seconds) : INT64_SIZE;
}

/**
 * The same for times beyond JavaScript dates, after Howard Hinnant's `civil_from_days`. The days are
 * counted from an era that starts in March, so that the leap day is the last of a year.
 */
function distantMoment(seconds: bigint): Moment {
  const unixDays = floorDivide(seconds, SECONDS_PER_DAY);
  const secondOfDay = Number(seconds - unixDays * SECONDS_PER_DAY);
  const days = unixDays + 719_468n;
  const era = floorDivide(days, DAYS_PER_ERA);
  const dayOfEra = Number(days - era * DAYS_PER_ERA);
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYearFromMarch =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYearFromMarch + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: Number(era * YEARS_PER_ERA) + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYearFromMarch - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor((secondOfDay % 3600) / 60),
    weekday: Number((((unixDays + 4n) % 7n) + 7n) % 7n),
  };
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth({ year, month }: Pick<Moment, 'year' | 'month'>): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function dayOfYear({ year, month, day }: Moment): number {
  let days = day;
  for (let earlier = 1; earlier < month; earlier += 1) {
    days += daysInMonth({ year, month: earlier });
  }
  return days;
}
