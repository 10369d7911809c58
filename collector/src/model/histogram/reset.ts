import { exponentialBound, isExponentialSchema } from './bounds.ts';
import { negativeColumns, positiveColumns, usesCustomBuckets } from './buckets.ts';
import { addToCoarserBounds, emptySide, intersectBounds } from './custom-bounds.ts';
import { listsEqual } from './equal.ts';
import type { CounterResetHint, NativeHistogram } from './histogram.ts';
import type { Side } from './side.ts';
import { reduceSide, sideOf } from './side.ts';
import { widenZeroBucket } from './zero-bucket.ts';

/**
 * Whether a counter was reset between two histograms of one series.
 *
 * The later histogram's hint decides when it says so. Otherwise it is a reset when any count falls,
 * a populated bucket disappears, the resolution rises, or the zero bucket becomes narrower or cuts
 * through a bucket that was populated.
 */
export function isCounterReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.counterResetHint === 'reset') return true;
  if (current.counterResetHint === 'not_reset') return false;
  return hasFallen(previous, current);
}

function hasFallen(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current)) {
    if (!usesCustomBuckets(previous)) return true;
    if (!listsEqual(current.customValues, previous.customValues)) {
      return hasFallenInCommonBounds(previous, current);
    }
  }
  if (current.schema > previous.schema) return true;
  if (current.zeroThreshold < previous.zeroThreshold) return true;
  return hasFallenInZeroBucket(previous, current) || hasFallenInBuckets(previous, current);
}

function hasFallenInZeroBucket(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.zeroThreshold === previous.zeroThreshold) {
    return current.zeroCount < previous.zeroCount;
  }
  const wider = widenZeroBucket(
    {
      schema: previous.schema,
      zeroThreshold: previous.zeroThreshold,
      zeroCount: previous.zeroCount,
      zeroCompensation: 0,
      positive: sideOf(positiveColumns(previous)),
      negative: sideOf(negativeColumns(previous)),
    },
    current.zeroThreshold,
  );
  return wider.threshold !== current.zeroThreshold || current.zeroCount < wider.count.sum;
}

/** Buckets inside the zero bucket are left out: the zero count stands for them. */
function hasFallenInBuckets(previous: NativeHistogram, current: NativeHistogram): boolean {
  const { schema, zeroThreshold } = current;
  const isExponential = isExponentialSchema(schema);
  return hasFallenInSides(
    previous,
    current,
    (index) => isExponential && exponentialBound(index, schema) <= zeroThreshold,
  );
}

function hasFallenInSides(
  previous: NativeHistogram,
  current: NativeHistogram,
  isLeftOut: (index: number) => boolean,
): boolean {
  const schemaSteps = previous.schema - current.schema;
  const sides: readonly (readonly [Side, Side])[] = [
    [sideOf(positiveColumns(previous)), sideOf(positiveColumns(current))],
    [sideOf(negativeColumns(previous)), sideOf(negativeColumns(current))],
  ];
  return sides.some(([before, after]) =>
    hasFallenInSide(reduceSide(before, schemaSteps), after, isLeftOut),
  );
}

function hasFallenInSide(
  before: Side,
  after: Side,
  isLeftOut: (index: number) => boolean,
): boolean {
  let next = 0;
  for (const [position, index] of before.indices.entries()) {
    if (isLeftOut(index)) continue;
    while ((after.indices[next] ?? Infinity) < index) next += 1;
    const now = after.indices[next] === index ? (after.counts[next] ?? 0) : 0;
    const isMissing = after.indices[next] !== index;
    const count = before.counts[position] ?? 0;
    if (isMissing ? count !== 0 : now < count) return true;
  }
  return false;
}

function hasFallenInCommonBounds(previous: NativeHistogram, current: NativeHistogram): boolean {
  const bounds = intersectBounds(current.customValues, previous.customValues);
  const before = { side: emptySide(bounds), bounds };
  const after = { side: emptySide(bounds), bounds };
  addToCoarserBounds(before, {
    side: sideOf(positiveColumns(previous)),
    bounds: previous.customValues,
    sign: 1,
  });
  addToCoarserBounds(after, {
    side: sideOf(positiveColumns(current)),
    bounds: current.customValues,
    sign: 1,
  });
  return before.side.counts.some((count, index) => (after.side.counts[index] ?? 0) < count);
}

/**
 * The hint under which a series store hands out a histogram that was written after `previous`
 * (`undefined` at the start of a series, and after a stale marker).
 *
 * A store that keeps whole series knows when a sample continues the one before it, and says so; it
 * never claims a reset, because samples may still be inserted in between. `isNewRun` tells the
 * caller that the sample starts a run of its own.
 */
export function storedResetHint(
  previous: NativeHistogram | undefined,
  current: NativeHistogram,
): { hint: CounterResetHint; isNewRun: boolean } {
  if (current.counterResetHint === 'gauge') {
    return { hint: 'gauge', isNewRun: previous?.counterResetHint !== 'gauge' };
  }
  const isContinued =
    previous !== undefined &&
    previous.counterResetHint !== 'gauge' &&
    current.counterResetHint !== 'reset' &&
    current.schema === previous.schema &&
    current.zeroThreshold === previous.zeroThreshold &&
    listsEqual(current.customValues, previous.customValues) &&
    current.count >= previous.count &&
    current.zeroCount >= previous.zeroCount &&
    !hasFallenInSides(previous, current, () => false);
  return { hint: isContinued ? 'not_reset' : 'unknown', isNewRun: !isContinued };
}
