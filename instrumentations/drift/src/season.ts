const HOUR_MS = 3_600_000;
const HOURS_OF_WEEK = 168;
/** The epoch began on a Thursday; weeks begin on Monday. */
const HOURS_BEFORE_EPOCH = 3 * 24;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The hour of the week in UTC: 0 is Monday from 00:00, 167 Sunday from 23:00. */
export function hourOfWeek(timeMs: number): number {
  const hour = Math.floor(timeMs / HOUR_MS) + HOURS_BEFORE_EPOCH;
  const hours = ((hour % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK;
  // A clock that says nothing is taken to stand at the start of the week.
  return Number.isFinite(hours) ? hours : 0;
}

/** The name of an hour of the week, for example `mon-09`. */
export function seasonName(hour: number): string {
  const day = DAYS[Math.floor(hour / 24)] ?? DAYS[0];
  return `${day}-${String(hour % 24).padStart(2, '0')}`;
}
