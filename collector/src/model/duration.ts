/** Go's `time.Duration` holds 2^63 nanoseconds, some 292 years; a longer duration is refused. */
const DURATION_MS_MAX = 2 ** 63 / 1e6;
const UINT64_MAX = 2 ** 64;

interface Unit {
  readonly rank: number;
  readonly ms: number;
}

/** Units from the biggest to the smallest; a duration lists them in this order. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['y', { rank: 1, ms: 365 * 24 * 3_600_000 }],
  ['w', { rank: 2, ms: 7 * 24 * 3_600_000 }],
  ['d', { rank: 3, ms: 24 * 3_600_000 }],
  ['h', { rank: 4, ms: 3_600_000 }],
  ['m', { rank: 5, ms: 60_000 }],
  ['s', { rank: 6, ms: 1000 }],
  ['ms', { rank: 7, ms: 1 }],
]);

/**
 * The milliseconds of a Prometheus duration: whole numbers with the units `y w d h m s ms`, the
 * biggest first and each at most once (`1h30m`), or `0`. A year has 365 days, a day 24 hours.
 *
 * @throws {SyntaxError} `not a valid duration string: "1.5h"` and its kin, worded as upstream.
 * @throws {RangeError} `duration out of range` beyond some 292 years.
 *
 * @example
 * parseDuration('1h30m'); // 5400000
 */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new SyntaxError('empty duration string');
  let totalMs = 0;
  let lastRank = 0;
  let index = 0;
  while (index < text.length) {
    const part = /^([0-9]+)([^0-9]+)/u.exec(text.slice(index));
    if (part === null) throw notADuration(text);
    const [whole, digits = '', unitText = ''] = part;
    const amount = Number(digits);
    if (amount >= UINT64_MAX) throw notADuration(text);
    const unit = UNITS.get(unitText);
    if (unit === undefined) {
      throw new SyntaxError(
        `unknown unit ${JSON.stringify(unitText)} in duration ${JSON.stringify(text)}`,
      );
    }
    if (unit.rank <= lastRank) throw notADuration(text);
    lastRank = unit.rank;
    totalMs += amount * unit.ms;
    if (totalMs >= DURATION_MS_MAX) throw new RangeError('duration out of range');
    index += whole.length;
  }
  return totalMs;
}

function notADuration(text: string): SyntaxError {
  return new SyntaxError(`not a valid duration string: ${JSON.stringify(text)}`);
}

/**
 * A duration in Prometheus notation; the inverse of `parseDuration`. Years and weeks are used only
 * when nothing remains, because `90d` reads easier than `12w6d`. Fractions of a millisecond are cut.
 *
 * @example
 * formatDuration(5_400_000); // '1h30m'
 */
export function formatDuration(durationMs: number): string {
  let restMs = Math.trunc(Math.abs(durationMs));
  if (restMs === 0) return '0s';
  let text = durationMs < 0 ? '-' : '';
  for (const [name, unit] of UNITS) {
    const isExactOnly = name === 'y' || name === 'w';
    if (isExactOnly && restMs % unit.ms !== 0) continue;
    const amount = Math.floor(restMs / unit.ms);
    if (amount === 0) continue;
    text += `${amount}${name}`;
    restMs -= amount * unit.ms;
  }
  return text;
}
