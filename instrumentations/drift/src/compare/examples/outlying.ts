import { copyInto, numberList } from '@telltale/statistics';

import type { SpanLink } from '../../types.ts';

const OUTLYING_MAX = 8;

/** Places of an entry's numbers; WIDTH is how many there are. */
const VALUE = 0;
const RANK = 1;
const TIME = 2;
const RECORD = 3;
const DEPTH = 4;
const DEVIATION = 5;
const WIDTH = 6;

/** A value of the window far out in its baseline, with the span it was observed in. */
export interface OutlyingValue {
  readonly value: number;
  /** Place among the baseline's values, from 0, below all, to 1, above all. */
  readonly rank: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/** A kept value with what it is compared by. */
export interface OutlyingEntry extends OutlyingValue {
  readonly record: number;
  /** Cells to the nearer end of the baseline: 0 is outside. */
  readonly depth: number;
  /** Distance from the baseline's median, in its spreads. */
  readonly deviation: number;
}

/** A value that may be outlying. */
export interface Candidate {
  readonly value: number;
  readonly cell: number;
  readonly cells: number;
  readonly deviation: number;
  readonly record: number;
}

/** The eight values of a window that are furthest out. */
export class OutlyingValues {
  readonly #spanOf: () => SpanLink | undefined;
  readonly #now: () => number;
  /** The entries one after the other, the furthest first: objects would take twice the memory. */
  readonly #numbers = numberList(OUTLYING_MAX * WIDTH);
  #length = 0;
  /** Spans by record; made with the first one. */
  #spans: Map<number, SpanLink> | undefined;
  /** Depth that a value must not exceed to be looked at: most records stop here. */
  #depthMax = Number.POSITIVE_INFINITY;

  constructor(
    spanOf: () => SpanLink | undefined,
    now: () => number,
    entries: readonly OutlyingEntry[] = [],
  ) {
    this.#spanOf = spanOf;
    this.#now = now;
    for (const entry of entries.slice(0, OUTLYING_MAX)) this.#insert(this.#length, entry);
    this.#limit();
  }

  /** Whether a value of this cell could be kept: asked at every record, so it is cheap. */
  isCandidate(cell: number, cells: number): boolean {
    return Math.min(cell, cells - 1 - cell) <= this.#depthMax;
  }

  /** Keeps the value when it is further out than one that is kept. */
  offer({ value, cell, cells, deviation, record }: Candidate): void {
    const depth = Math.min(cell, cells - 1 - cell);
    const size = Math.abs(deviation);
    // In order: entries of the same place keep the order they came in.
    let place = this.#length;
    while (place > 0 && this.#isFurther(depth, size, place - 1)) place -= 1;
    if (place === OUTLYING_MAX) return;
    if (this.#length === OUTLYING_MAX) this.#remove(OUTLYING_MAX - 1);
    const { traceId, spanId } = this.#spanOf() ?? NO_SPAN;
    const timeMs = this.#now();
    const rank = cell / (cells - 1);
    this.#insert(place, { value, rank, traceId, spanId, timeMs, record, depth, deviation: size });
    this.#limit();
  }

  /** Lets go of values that left the window. */
  expire(oldestRecord: number): void {
    for (let place = this.#length - 1; place >= 0; place -= 1) {
      if (this.#at(place, RECORD) < oldestRecord) this.#remove(place);
    }
    this.#limit();
  }

  /** The values kept, the furthest first. A copy. */
  entries(): readonly OutlyingEntry[] {
    return Array.from({ length: this.#length }, (_, place) => {
      const record = this.#at(place, RECORD);
      const { traceId, spanId } = this.#spans?.get(record) ?? NO_SPAN;
      return {
        value: this.#at(place, VALUE),
        rank: this.#at(place, RANK),
        traceId,
        spanId,
        timeMs: this.#at(place, TIME),
        record,
        depth: this.#at(place, DEPTH),
        deviation: this.#at(place, DEVIATION),
      };
    });
  }

  #at(place: number, field: number): number {
    return this.#numbers[place * WIDTH + field] ?? 0;
  }

  #isFurther(depth: number, deviation: number, place: number): boolean {
    const other = this.#at(place, DEPTH);
    return depth < other || (depth === other && deviation > this.#at(place, DEVIATION));
  }

  /** There must be room for one. */
  #insert(place: number, entry: OutlyingEntry): void {
    const { value, rank, timeMs, record, depth, deviation, traceId, spanId } = entry;
    this.#numbers.copyWithin((place + 1) * WIDTH, place * WIDTH, this.#length * WIDTH);
    copyInto(this.#numbers, [value, rank, timeMs, record, depth, deviation], place * WIDTH);
    this.#length += 1;
    if (traceId === null || spanId === null) return;
    this.#spans ??= new Map();
    this.#spans.set(record, { traceId, spanId });
  }

  #remove(place: number): void {
    this.#spans?.delete(this.#at(place, RECORD));
    this.#numbers.copyWithin(place * WIDTH, (place + 1) * WIDTH, this.#length * WIDTH);
    this.#length -= 1;
  }

  #limit(): void {
    const isFull = this.#length === OUTLYING_MAX;
    this.#depthMax = isFull ? this.#at(OUTLYING_MAX - 1, DEPTH) : Number.POSITIVE_INFINITY;
  }
}

const NO_SPAN = { traceId: null, spanId: null } as const;
