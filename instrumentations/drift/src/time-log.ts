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
  #points: TimePoint[];

  constructor(points: readonly TimePoint[] = []) {
    this.#points = [...points];
  }

  /** Notes a time. A clock that jumps back is taken to stand still. */
  note(record: number, timeMs: number): void {
    const last = this.#points.at(-1);
    const point = { record, timeMs: Math.max(timeMs, last?.timeMs ?? timeMs) };
    // The newest point moves along until it is as far from its neighbour as others are.
    const before = this.#points.at(-2);
    if (before !== undefined && record - before.record < this.#stride()) this.#points.pop();
    this.#points.push(point);
    if (this.#points.length <= POINTS_MAX) return;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
  }

  /** Records between points that are kept: the first gap, as all are thinned alike. */
  #stride(): number {
    return (this.#points[1]?.record ?? 0) - (this.#points[0]?.record ?? 0);
  }

  /** The time of a record, interpolated; `null` where nothing is known of it. */
  timeOf(record: number): number | null {
    const after = this.#points.findIndex((point) => point.record >= record);
    if (after < 0) return this.#points.at(-1)?.timeMs ?? null;
    const next = this.#points[after];
    const previous = this.#points[after - 1];
    if (next === undefined) return null;
    if (previous === undefined) return next.timeMs;
    const share = (record - previous.record) / (next.record - previous.record);
    return previous.timeMs + share * (next.timeMs - previous.timeMs);
  }

  points(): readonly TimePoint[] {
    return this.#points;
  }
}
