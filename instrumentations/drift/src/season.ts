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

/**
 * Whether telemetry tells of a season: of the hour that is and the one before, whose last values may
 * not have been read yet. All 168 would be more series than an SDK takes.
 */
export function isSeasonTold(season: string | undefined, nowMs: number): boolean {
  if (season === undefined) return true;
  const hour = hourOfWeek(nowMs);
  const before = (hour + HOURS_OF_WEEK - 1) % HOURS_OF_WEEK;
  return season === seasonName(hour) || season === seasonName(before);
}
