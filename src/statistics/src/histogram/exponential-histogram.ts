import { StatisticsError } from '../errors.ts';

const scratch = new DataView(new ArrayBuffer(8));
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** Exponent e and significand s of a positive double: `x = s * 2^e`, `1 <= s < 2`. */
function split(x: number): readonly [exponent: number, significand: number] {
  if (x < SMALLEST_NORMAL) {
    const [exponent, significand] = split(x * 2 ** 64);
    return [exponent - 64, significand];
  }
  scratch.setFloat64(0, x);
  const high = scratch.getUint32(0);
  scratch.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  return [((high >>> 20) & 0x7ff) - 1023, scratch.getFloat64(0)];
}

/**
 * The bucket of a positive value: bucket `i` of scale `s` covers `(2^(i * 2^-s), 2^((i+1) * 2^-s)]`,
 * as the OpenTelemetry metrics data model defines it.
 *
 * @param x above 0
 * @param scale whole number from -10 to 20
 * @throws {StatisticsError} `SCALE_INVALID` outside these
 */
export function bucketIndex(x: number, scale: number): number {
  if (!Number.isInteger(scale) || scale < -10 || scale > 20) {
    throw new StatisticsError(
      'SCALE_INVALID',
      `Cannot use scale ${scale}: it must be a whole number from -10 to 20`,
    );
  }
  const [exponent, significand] = split(x);
  if (significand === 1) {
    // A power of two belongs to the bucket that it closes.
    return scale >= 0 ? exponent * 2 ** scale - 1 : (exponent - 1) >> -scale;
  }
  if (scale <= 0) return exponent >> -scale;
  return exponent * 2 ** scale + significandBucket(significand, scale);
}

/** The bucket within one octave, corrected at the borders, where the logarithm rounds. */
function significandBucket(significand: number, scale: number): number {
  const buckets = 2 ** scale;
  // `log1p` keeps the digits of a significand just above 1.
  const position = (Math.log1p(significand - 1) / Math.LN2) * buckets;
  const index = Math.min(buckets - 1, Math.max(0, Math.ceil(position) - 1));
  const upper = 2 ** ((index + 1) / buckets);
  if (index + 1 < buckets && significand > upper) return index + 1;
  const lower = 2 ** (index / buckets);
  return index > 0 && significand <= lower ? index - 1 : index;
}

/** The bucket that holds bucket `index` after the scale was lowered by `steps`. */
export function downscaledIndex(index: number, steps: number): number {
  return index >> steps;
}

/** Counts of an exponential histogram's one sign. */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly zeroCount: number;
  /** Index of the first count. */
  readonly offset: number;
  readonly counts: readonly number[];
}

/** The same histogram at a lower scale; `scale` above its own leaves it as it is. */
export function downscale(histogram: ExponentialBuckets, scale: number): ExponentialBuckets {
  const steps = histogram.scale - scale;
  if (steps <= 0 || histogram.counts.length === 0) {
    return steps <= 0 ? histogram : { ...histogram, scale };
  }
  const offset = histogram.offset >> steps;
  const last = (histogram.offset + histogram.counts.length - 1) >> steps;
  const counts = Array.from({ length: last - offset + 1 }, () => 0);
  for (const [index, count] of histogram.counts.entries()) {
    const target = ((histogram.offset + index) >> steps) - offset;
    counts[target] = (counts[target] ?? 0) + count;
  }
  return { scale, zeroCount: histogram.zeroCount, offset, counts };
}

/** The histogram of both sets of values, at the lower of the two scales. */
export function mergeHistograms(a: ExponentialBuckets, b: ExponentialBuckets): ExponentialBuckets {
  const scale = Math.min(a.scale, b.scale);
  const parts = [downscale(a, scale), downscale(b, scale)];
  const zeroCount = a.zeroCount + b.zeroCount;
  const filled = parts.filter((part) => part.counts.length > 0);
  if (filled.length === 0) return { scale, zeroCount, offset: 0, counts: [] };
  const offset = Math.min(...filled.map((part) => part.offset));
  const end = Math.max(...filled.map((part) => part.offset + part.counts.length));
  const counts = Array.from({ length: end - offset }, () => 0);
  for (const part of filled) {
    for (const [index, count] of part.counts.entries()) {
      const target = part.offset + index - offset;
      counts[target] = (counts[target] ?? 0) + count;
    }
  }
  return { scale, zeroCount, offset, counts };
}
