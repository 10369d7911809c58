/** Runs a threshold is computed from, and the least that must have been seen. */
const WINDOW_RUNS = 1_000;
const FACTOR = 3;
const QUANTILE = 0.99;
/**
 * Eight buckets an octave, in sixteenths of a microsecond as whole numbers: the highest bit is the
 * octave and the three bits below it the bucket. At most 12.5 % too high, and no logarithm.
 */
const UNITS_PER_MS = 16_000;
const SUB_BITS = 3;
const SUB_BUCKETS = 1 << SUB_BITS;
const UNITS_MAX = 2 ** 31 - 1;
const BUCKETS = 32 * SUB_BUCKETS;

/**
 * What counts as slow for a model: three times the 99th percentile of the last complete window of
 * 1000 runs. Nothing is slow before the first window is full, so a cold start never is.
 */
export class SlowRunThreshold {
  /** Milliseconds; `Infinity` until there is a full window. */
  thresholdMs: number = Infinity;
  readonly #counts: Uint16Array = new Uint16Array(BUCKETS);
  #runs = 0;

  add(durationMs: number): void {
    const bucket = bucketOf(durationMs);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#runs++;
    if (this.#runs === WINDOW_RUNS) this.#closeWindow();
  }

  #closeWindow(): void {
    let left = WINDOW_RUNS * (1 - QUANTILE);
    let bucket = BUCKETS - 1;
    while (bucket > 0) {
      left -= this.#counts[bucket] as number;
      if (left < 0) break;
      bucket--;
    }
    this.thresholdMs = FACTOR * upperBoundMs(bucket);
    this.#counts.fill(0);
    this.#runs = 0;
  }
}

function bucketOf(durationMs: number): number {
  const units = Math.min(UNITS_MAX, Math.max(SUB_BUCKETS, durationMs * UNITS_PER_MS)) | 0;
  const octave = 31 - Math.clz32(units);
  return octave * SUB_BUCKETS + ((units >>> (octave - SUB_BITS)) & (SUB_BUCKETS - 1));
}

function upperBoundMs(bucket: number): number {
  const octave = Math.floor(bucket / SUB_BUCKETS);
  const steps = SUB_BUCKETS + (bucket % SUB_BUCKETS) + 1;
  return (steps * 2 ** (octave - SUB_BITS)) / UNITS_PER_MS;
}
