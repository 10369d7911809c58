/** Round numbers between two values, ends included where they are round themselves. */
export function niceTicks(low: number, high: number, count: number): readonly number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // From whole numbers, as sums of fractions drift.
  return Array.from({ length: last - first + 1 }, (_, index) => round((first + index) * step));
}

const round = (value: number): number => Number(value.toPrecision(12));

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS: readonly number[] = [
  ...[1, 5, 10, 15, 30].map((each) => each * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR_MS),
  ...[1, 2, 7, 14, 30].map((each) => each * DAY_MS),
];

/**
 * Round moments between two times.
 *
 * @param offsetMs of the reader's time zone behind UTC, so that days begin at midnight
 */
export function timeTicks(
  startMs: number,
  endMs: number,
  { count, offsetMs }: { readonly count: number; readonly offsetMs: number },
): readonly number[] {
  const rough = (endMs - startMs) / Math.max(1, count);
  const step = TIME_STEPS_MS.find((each) => each >= rough) ?? TIME_STEPS_MS.at(-1) ?? DAY_MS;
  const first = Math.ceil((startMs - offsetMs) / step) * step + offsetMs;
  const ticks: number[] = [];
  for (let at = first; at <= endMs; at += step) ticks.push(at);
  return ticks;
}

/** The values that an axis covers: all of them with a little room, and nothing in between invented. */
export function valueRange(values: readonly number[]): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high)
    return low === 0 ? [-1, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const room = (high - low) * 0.06;
  // Next to zero the axis begins there: what is never negative should not look as if it were.
  const from = low >= 0 && low - room < (high - low) * 0.2 ? 0 : low - room;
  return [from, high + room];
}
