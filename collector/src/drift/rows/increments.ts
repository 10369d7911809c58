/** A cumulative or delta value of one series. */
export interface SeriesPoint<T> {
  readonly timeMs: number;
  /** 0 when unknown. */
  readonly startTimeMs: number;
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly value: T;
}

/** An increment, or why there is none. `full`: the series itself could not be remembered. */
export type Taken<T> = Increment<T> | 'full';

/** What one value has beyond another; `undefined` when it has less of something. */
export type Subtract<T> = (now: T, before: T) => T | undefined;

export type Increment<T> =
  | { readonly added: T }
  | 'base'
  | 'duplicate'
  | 'out_of_order'
  | 'too_many';

interface Run<T> {
  readonly startTimeMs: number;
  timeMs: number;
  value: T;
}

/** Processes that may share one identity within the window, each with a start time of its own. */
const RUNS_MAX = 64;
/** Deltas whose repetition is recognized. */
const TIMES_MAX = 64;

/**
 * What each point of a series adds to those before it. A cumulative value adds its difference to
 * the last one of the same start time; a new start time, or a value that fell, is a new start, and
 * all of it counts.
 */
export class Increments<T> {
  readonly #subtract: Subtract<T>;
  #runs: Run<T>[] = [];
  #times: number[] = [];

  constructor(subtract: Subtract<T>) {
    this.#subtract = subtract;
  }

  /**
   * @param fromMs the start of the window: what a process counted before it is left out
   * @returns the increment; `base` when the point only says where counting starts
   */
  take(point: SeriesPoint<T>, fromMs: number): Increment<T> {
    return point.temporality === 'delta' ? this.#takeDelta(point) : this.#takeTotal(point, fromMs);
  }

  #takeDelta({ timeMs, value }: SeriesPoint<T>): Increment<T> {
    // A sender that saw no answer repeats its export.
    if (this.#times.includes(timeMs)) return 'duplicate';
    this.#times.push(timeMs);
    if (this.#times.length > TIMES_MAX) this.#times.shift();
    return { added: value };
  }

  #takeTotal(point: SeriesPoint<T>, fromMs: number): Increment<T> {
    const { startTimeMs, timeMs, value } = point;
    const run = this.#runs.find((one) => one.startTimeMs === startTimeMs);
    if (run === undefined) {
      // A process that was silent for the whole window counts from its next value on.
      if (this.#runs.length >= RUNS_MAX) {
        this.#runs = this.#runs.filter((one) => one.timeMs >= fromMs);
      }
      if (this.#runs.length >= RUNS_MAX) return 'too_many';
      this.#runs.push({ startTimeMs, timeMs, value });
      return startTimeMs > 0 && startTimeMs >= fromMs ? { added: value } : 'base';
    }
    if (timeMs === run.timeMs) return 'duplicate';
    // A later point has already told what this one counts.
    if (timeMs < run.timeMs) return 'out_of_order';
    const added = this.#subtract(value, run.value) ?? value;
    run.timeMs = timeMs;
    run.value = value;
    return { added };
  }
}

/** Counts that went down in any place belong to a new start. */
export function subtractCounts(now: Float64Array, before: Float64Array): Float64Array | undefined {
  const added = now.map((count, index) => count - (before[index] ?? 0));
  return added.every((count) => count >= 0) ? added : undefined;
}
