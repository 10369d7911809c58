/** Values further out than this share are no part of the axis. */
const OUTER_SHARE = 0.005;
/** How far the axis goes on either side of the baseline, in widths of it. */
const WIDER_MAX = 1;

/**
 * What most values of both lie in, at most so much wider than the baseline alone: one value far out
 * would squeeze all others into a line.
 *
 * @param baseline ascending
 * @param window ascending
 */
export function plotAxis(
  baseline: Float64Array,
  window: Float64Array,
): readonly [low: number, high: number] {
  const at = (sorted: Float64Array, share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? baseline[0] ?? 0;
  const [low, high] = [at(baseline, OUTER_SHARE), at(baseline, 1 - OUTER_SHARE)];
  const room = (high - low) * WIDER_MAX || Number.POSITIVE_INFINITY;
  return [
    Math.min(low, Math.max(low - room, at(window, OUTER_SHARE))),
    Math.max(high, Math.min(high + room, at(window, 1 - OUTER_SHARE))),
  ];
}
