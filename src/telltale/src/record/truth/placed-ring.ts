/** What a ring holds, the oldest first, and the place of the first. */
export interface RingContent<T> {
  readonly values: readonly T[];
  readonly firstPlace: number;
}

/** The last values, each with a place that stays while it is in the ring, also in a ring made of it. */
export class PlacedRing<T> {
  readonly #capacity: number;
  readonly #values: T[] = [];
  /** Place of the first value that was ever added. */
  readonly #base: number;
  #next: number;

  constructor(capacity: number, before: RingContent<T> = { values: [], firstPlace: 0 }) {
    this.#capacity = capacity;
    const kept = before.values.slice(-capacity);
    this.#base = before.firstPlace + before.values.length - kept.length;
    this.#next = this.#base;
    for (const value of kept) this.add(value);
  }

  /** In no order. */
  get values(): readonly T[] {
    return this.#values;
  }

  get content(): RingContent<T> {
    const split = (this.#next - this.#base) % this.#capacity;
    const isFull = this.#values.length === this.#capacity;
    return {
      values: isFull
        ? [...this.#values.slice(split), ...this.#values.slice(0, split)]
        : this.#values.slice(),
      firstPlace: this.#next - this.#values.length,
    };
  }

  /** Adds a value and returns its place. */
  add(value: T): number {
    const place = this.#next;
    this.#values[this.#slotOf(place)] = value;
    this.#next += 1;
    return place;
  }

  /** Replaces the value of a place that is still in the ring. */
  replace(place: number, change: (old: T) => T): void {
    if (place >= this.#next || place < this.#next - this.#values.length) return;
    const slot = this.#slotOf(place);
    const old = this.#values[slot];
    if (old !== undefined) this.#values[slot] = change(old);
  }

  #slotOf(place: number): number {
    return (place - this.#base) % this.#capacity;
  }
}
