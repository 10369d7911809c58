const HOUR_MS = 3_600_000;
/** Shorter stretches are too coarse on a clock of milliseconds. */
const STRETCH_MS_MIN = 1000;

/** A rate as plain data. */
export interface RecordRateSnapshot {
  readonly mean: number;
  readonly weight: number;
  readonly pending: number;
  readonly lastMs: number | null;
}

const EMPTY: RecordRateSnapshot = { mean: 0, weight: 0, pending: 0, lastMs: null };

/**
 * Records a millisecond, averaged exponentially over an hour. A clock that jumps back starts a new
 * stretch; one that jumps ahead counts as an hour at most, which makes the rate too high and so the
 * promise too careful.
 */
export class RecordRate {
  #mean: number;
  /** Share of the average that records filled so far: the first hour would start at zero. */
  #weight: number;
  #pending: number;
  #lastMs: number | null;

  constructor({ mean, weight, pending, lastMs }: RecordRateSnapshot = EMPTY) {
    this.#mean = mean;
    this.#weight = weight;
    this.#pending = pending;
    this.#lastMs = lastMs;
  }

  /** Records a millisecond; nothing before a second has passed. */
  get perMs(): number | undefined {
    return this.#weight === 0 ? undefined : this.#mean / this.#weight;
  }

  /** @param records since the note before */
  note(records: number, nowMs: number): void {
    const elapsedMs = nowMs - (this.#lastMs ?? Number.POSITIVE_INFINITY);
    if (!(elapsedMs >= 0)) {
      this.#lastMs = Number.isFinite(nowMs) ? nowMs : this.#lastMs;
      this.#pending = 0;
      return;
    }
    this.#pending += records;
    if (elapsedMs < STRETCH_MS_MIN) return;
    const stretchMs = Math.min(elapsedMs, HOUR_MS);
    const share = -Math.expm1(-stretchMs / HOUR_MS);
    this.#mean += share * (this.#pending / stretchMs - this.#mean);
    this.#weight += share * (1 - this.#weight);
    this.#pending = 0;
    this.#lastMs = nowMs;
  }

  snapshot(): RecordRateSnapshot {
    const [mean, weight, pending, lastMs] = [
      this.#mean,
      this.#weight,
      this.#pending,
      this.#lastMs,
    ] as const;
    return { mean, weight, pending, lastMs };
  }
}
