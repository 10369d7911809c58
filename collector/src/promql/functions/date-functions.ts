const MS_PER_DAY = 86_400_000;

/** Parts of a date in UTC, by function name; Sunday is day 0. */
export const DATE_FUNCTIONS: ReadonlyMap<string, (date: Date) => number> = new Map([
  ['days_in_month', daysInMonth],
  ['day_of_month', (date) => date.getUTCDate()],
  ['day_of_week', (date) => date.getUTCDay()],
  ['day_of_year', dayOfYear],
  ['hour', (date) => date.getUTCHours()],
  ['minute', (date) => date.getUTCMinutes()],
  ['month', (date) => date.getUTCMonth() + 1],
  ['year', (date) => date.getUTCFullYear()],
]);

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function dayOfYear(date: Date): number {
  const newYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - newYear) / MS_PER_DAY) + 1;
}
