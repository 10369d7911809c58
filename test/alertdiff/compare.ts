import type { Samples } from './read-series.ts';

/** A stretch of time, both ends included. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Difference {
  readonly series: string;
  readonly timeMs: number;
  readonly ours: number | undefined;
  readonly theirs: number | undefined;
}

export interface Comparison {
  comparisons: number;
  readonly differences: Difference[];
}

const RELATIVE_MAX = 1e-9;

const isClose = (left: number, right: number): boolean =>
  Object.is(left, right) ||
  Math.abs(left - right) <= RELATIVE_MAX * Math.max(Math.abs(left), Math.abs(right));

/**
 * Compares series slot by slot. A slot counts when both sides evaluated the group at it.
 *
 * @param slots the timestamps at which both sides ran
 */
export function compareSeries(
  ours: ReadonlyMap<string, Samples>,
  theirs: ReadonlyMap<string, Samples>,
  slots: ReadonlySet<number>,
): Comparison {
  const found: Comparison = { comparisons: 0, differences: [] };
  for (const series of new Set([...ours.keys(), ...theirs.keys()])) {
    const [left, right] = [ours.get(series), theirs.get(series)];
    for (const timeMs of slots) {
      const [a, b] = [left?.get(timeMs), right?.get(timeMs)];
      found.comparisons += 1;
      if (a === undefined && b === undefined) continue;
      if (a !== undefined && b !== undefined && isClose(a, b)) continue;
      found.differences.push({ series, timeMs, ours: a, theirs: b });
    }
  }
  return found;
}

/** Times at which both sides have the sample that every evaluation of a group writes. */
export function slotsWithin(
  ours: Samples | undefined,
  theirs: Samples | undefined,
  within: Stretch,
): readonly number[] {
  return [...(ours?.keys() ?? [])].filter(
    (timeMs) => theirs?.has(timeMs) === true && isIn(timeMs, within),
  );
}

/** The slots that no disturbance touches. */
export function commonSlots(
  slots: readonly number[],
  disturbed: readonly Stretch[],
): ReadonlySet<number> {
  return new Set(slots.filter((timeMs) => !disturbed.some((stretch) => isIn(timeMs, stretch))));
}

const isIn = (timeMs: number, { fromMs, toMs }: Stretch): boolean =>
  timeMs >= fromMs && timeMs <= toMs;

/** Around each slot that a side left out: what follows depends on it for a while. */
export function disturbances(
  ticks: Samples | undefined,
  { intervalMs, recoveryMs }: { readonly intervalMs: number; readonly recoveryMs: number },
): readonly Stretch[] {
  return stretchesOf(ticks ?? new Map(), intervalMs * 1.5)
    .slice(1)
    .map(({ fromMs }) => ({ fromMs: fromMs - intervalMs, toMs: fromMs + recoveryMs }));
}

/** Slots of the interval that a group left out. @returns their times, oldest first */
export function missedSlots(
  ticks: Samples | undefined,
  within: Stretch,
  intervalMs: number,
): readonly number[] {
  const times = [...(ticks?.keys() ?? [])]
    .filter((timeMs) => timeMs >= within.fromMs && timeMs <= within.toMs)
    .toSorted((a, b) => a - b);
  return times.slice(1).flatMap((timeMs, at) => {
    const lastMs = times[at] ?? 0;
    const missed = Math.round((timeMs - lastMs) / intervalMs) - 1;
    return Array.from({ length: missed }, (_, index) => lastMs + (index + 1) * intervalMs);
  });
}

/** Stretches in which a series has samples at most `gapMs` apart. */
export function stretchesOf(samples: Samples, gapMs: number): readonly Stretch[] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const timeMs of [...samples.keys()].toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && timeMs - last.toMs <= gapMs) last.toMs = timeMs;
    else stretches.push({ fromMs: timeMs, toMs: timeMs });
  }
  return stretches;
}

/**
 * Stretches of firing on one side that began or went on between slots, and that nothing on the other
 * sides overlaps, give or take. What slots alone decided is no matter of arrival.
 */
export function firingWithout(
  one: ReadonlyMap<string, Samples>,
  others: readonly ReadonlyMap<string, Samples>[],
  options: {
    readonly within: Stretch;
    readonly slackMs: number;
    readonly isSlot: (timeMs: number) => boolean;
  },
): readonly (Stretch & { readonly series: string })[] {
  const { within, slackMs, isSlot } = options;
  return [...one].flatMap(([series, samples]) => {
    const known = others.flatMap((other) => stretchesOf(other.get(series) ?? new Map(), slackMs));
    const isKnown = ({ fromMs, toMs }: Stretch): boolean =>
      known.some((each) => each.fromMs <= toMs + slackMs && each.toMs >= fromMs - slackMs);
    const hasArrival = ({ fromMs, toMs }: Stretch): boolean =>
      [...samples.keys()].some((timeMs) => timeMs >= fromMs && timeMs <= toMs && !isSlot(timeMs));
    return stretchesOf(samples, slackMs)
      .filter(({ fromMs, toMs }) => fromMs >= within.fromMs && toMs <= within.toMs)
      .filter((stretch) => hasArrival(stretch) && !isKnown(stretch))
      .map((stretch) => ({ series, ...stretch }));
  });
}
