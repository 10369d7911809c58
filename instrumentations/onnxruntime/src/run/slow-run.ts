/** Runs a threshold is computed from, and the least that must have been seen. */
const WINDOW_RUNS = 1_000;
const FACTOR = 3;
const QUANTILE = 0.99;
/** Eight buckets an octave from one microsecond to about 17 minutes: at most 9 % too high. */
const BUCKETS_PER_OCTAVE = 8;
const BUCKETS = 8 * 30;

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
    const octaves = Math.log2(durationMs * 1_000);
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(octaves * BUCKETS_PER_OCTAVE)));
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
    const upperUs = 2 ** ((bucket + 1) / BUCKETS_PER_OCTAVE);
    this.thresholdMs = (FACTOR * upperUs) / 1_000;
    this.#counts.fill(0);
    this.#runs = 0;
  }
}
