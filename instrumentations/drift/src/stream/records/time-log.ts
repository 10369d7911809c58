const POINTS_MAX = 16;

/** When a record was. */
export interface TimePoint {
  readonly record: number;
  readonly timeMs: number;
}

/**
 * Times of some records, to say later when a record was. Of a long past it remembers fewer: full, it
 * forgets every second point.
 */
export class TimeLog {
  /** Of each point, ascending. Two lists of numbers take less memory than one of points. */
  #records: number[];
  #times: number[];

  constructor(points: readonly TimePoint[] = []) {
    this.#records = points.map(({ record }) => record);
    this.#times = points.map(({ timeMs }) => timeMs);
  }

  /** Notes a time. A clock that jumps back is taken to stand still. */
  note(record: number, timeMs: number): void {
    const time = Math.max(timeMs, this.#times.at(-1) ?? timeMs);
    // The newest point moves along until it is as far from its neighbour as others are.
    const before = this.#records.at(-2);
    if (before !== undefined && record - before < this.#stride()) {
      this.#records.pop();
      this.#times.pop();
    }
    this.#records.push(record);
    this.#times.push(time);
    if (this.#records.length <= POINTS_MAX) return;
    const isEven = (_: number, index: number): boolean => index % 2 === 0;
    this.#records = this.#records.filter(isEven);
    this.#times = this.#times.filter(isEven);
  }

  /** Records between points that are kept: the first gap, as all are thinned alike. */
  #stride(): number {
    return (this.#records[1] ?? 0) - (this.#records[0] ?? 0);
  }

  /** The time of a record, interpolated; `null` where nothing is known of it. */
  timeOf(record: number): number | null {
    const after = this.#records.findIndex((noted) => noted >= record);
    if (after < 0) return this.#times.at(-1) ?? null;
    const [next, previous] = [this.#point(after), this.#point(after - 1)];
    if (previous === undefined) return next?.timeMs ?? null;
    if (next === undefined) return null;
    const share = (record - previous.record) / (next.record - previous.record);
    return previous.timeMs + share * (next.timeMs - previous.timeMs);
  }

  points(): readonly TimePoint[] {
    return this.#records.map((record, index) => ({ record, timeMs: this.#times[index] ?? 0 }));
  }

  #point(index: number): TimePoint | undefined {
    const record = this.#records[index];
    return record === undefined ? undefined : { record, timeMs: this.#times[index] ?? 0 };
  }
}
