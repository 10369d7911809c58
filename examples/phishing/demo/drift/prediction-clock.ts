/** How many predictions were made by when. */
export class PredictionClock {
  readonly #points: { readonly timeMs: number; readonly predictions: number }[] = [];

  /** @param timeMs not before the time of the last call */
  note(timeMs: number, predictions: number): void {
    this.#points.push({ timeMs, predictions });
  }

  /** Predictions made until a time, interpolated between the two notes around it. */
  at(timeMs: number): number {
    const after = this.#points.findIndex((point) => point.timeMs >= timeMs);
    const next = this.#points[after];
    if (next === undefined) return this.#points.at(-1)?.predictions ?? 0;
    const before = this.#points[after - 1];
    if (before === undefined) return next.predictions;
    const share = (timeMs - before.timeMs) / (next.timeMs - before.timeMs);
    return Math.round(before.predictions + share * (next.predictions - before.predictions));
  }
}
