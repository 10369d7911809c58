import { numberList } from '@telltale/statistics';

import type { SpanLink } from '../../types.ts';

const OUTLYING_MAX = 8;

/** Places of an entry's numbers; WIDTH is how many there are. */
const VALUE = 0;
const CELL = 1;
const TIME = 2;
const RECORD = 3;
const DEVIATION = 4;
const WIDTH = 5;

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
  readonly deviation: number;
  readonly record: number;
}

export interface OutlyingParts {
  readonly spanOf: () => SpanLink | undefined;
  readonly now: () => number;
  /** That values of the baseline may fall into. */
  readonly cells: number;
}

/** The eight values of a window that are furthest out. */
export class OutlyingValues {
  readonly #spanOf: () => SpanLink | undefined;
  readonly #now: () => number;
  readonly #lastCell: number;
  /** The entries one after the other, the furthest first: objects would take twice the memory. */
  readonly #numbers = numberList(OUTLYING_MAX * WIDTH);
  #length = 0;
  /** Spans by record; made with the first one. */
  #spans: Map<number, SpanLink> | undefined;
  /** Depth that a value must not exceed to be looked at: most records stop here. */
  #depthMax = Number.POSITIVE_INFINITY;

  constructor({ spanOf, now, cells }: OutlyingParts, entries: readonly OutlyingEntry[] = []) {
    this.#spanOf = spanOf;
    this.#now = now;
    this.#lastCell = cells - 1;
    for (const entry of entries.slice(0, OUTLYING_MAX)) {
      const { value, rank, deviation, record } = entry;
      const cell = Math.round(rank * this.#lastCell);
      this.#insert(this.#length, { value, cell, deviation, record }, entry);
    }
    this.#limit();
  }

  /** Whether a value of this cell could be kept: asked at every record, so it is cheap. */
  isCandidate(cell: number): boolean {
    return Math.min(cell, this.#lastCell - cell) <= this.#depthMax;
  }

  /** Keeps the value when it is further out than one that is kept. */
  offer(candidate: Candidate): void {
    const deviation = Math.abs(candidate.deviation);
    const depth = this.#depthOf(candidate.cell);
    // In order: entries of the same place keep the order they came in.
    let place = this.#length;
    while (place > 0 && this.#isFurther(depth, deviation, place - 1)) place -= 1;
    if (place === OUTLYING_MAX) return;
    if (this.#length === OUTLYING_MAX) this.#remove(OUTLYING_MAX - 1);
    const { traceId, spanId } = this.#spanOf() ?? NO_SPAN;
    this.#insert(place, { ...candidate, deviation }, { traceId, spanId, timeMs: this.#now() });
    this.#limit();
  }

  /** Lets go of values that left the window. */
  expire(oldestRecord: number): void {
    const before = this.#length;
    for (let place = before - 1; place >= 0; place -= 1) {
      if (this.#at(place, RECORD) < oldestRecord) this.#remove(place);
    }
    if (this.#length < before) this.#limit();
  }

  /** The values kept, the furthest first. A copy. */
  entries(): readonly OutlyingEntry[] {
    return Array.from({ length: this.#length }, (_, place) => {
      const record = this.#at(place, RECORD);
      const { traceId, spanId } = this.#spans?.get(record) ?? NO_SPAN;
      const cell = this.#at(place, CELL);
      return {
        value: this.#at(place, VALUE),
        rank: cell / this.#lastCell,
        traceId,
        spanId,
        timeMs: this.#at(place, TIME),
        record,
        depth: this.#depthOf(cell),
        deviation: this.#at(place, DEVIATION),
      };
    });
  }

  #at(place: number, field: number): number {
    return this.#numbers[place * WIDTH + field] ?? 0;
  }

  /** Cells to the nearer end. */
  #depthOf(cell: number): number {
    return Math.min(cell, this.#lastCell - cell);
  }

  #isFurther(depth: number, deviation: number, place: number): boolean {
    const other = this.#depthOf(this.#at(place, CELL));
    return depth < other || (depth === other && deviation > this.#at(place, DEVIATION));
  }

  /** There must be room for one. */
  #insert(
    place: number,
    { value, cell, deviation, record }: Candidate,
    { traceId, spanId, timeMs }: Pick<OutlyingValue, 'traceId' | 'spanId' | 'timeMs'>,
  ): void {
    const numbers = this.#numbers;
    const first = place * WIDTH;
    // By hand: for a list of doubles `copyWithin` takes a microsecond, and drift brings many values.
    for (let at = this.#length * WIDTH - 1; at >= first; at -= 1) {
      numbers[at + WIDTH] = numbers[at] ?? 0;
    }
    // What came out of a file may be anything.
    numbers[first + VALUE] = Number(value);
    numbers[first + CELL] = Number(cell);
    numbers[first + TIME] = Number(timeMs);
    numbers[first + RECORD] = Number(record);
    numbers[first + DEVIATION] = Number(deviation);
    this.#length += 1;
    if (traceId === null || spanId === null) return;
    this.#spans ??= new Map();
    this.#spans.set(record, { traceId, spanId });
  }

  #remove(place: number): void {
    this.#spans?.delete(this.#at(place, RECORD));
    const numbers = this.#numbers;
    this.#length -= 1;
    const end = this.#length * WIDTH;
    for (let at = place * WIDTH; at < end; at += 1) numbers[at] = numbers[at + WIDTH] ?? 0;
  }

  #limit(): void {
    const isFull = this.#length === OUTLYING_MAX;
    const last = this.#at(OUTLYING_MAX - 1, CELL);
    this.#depthMax = isFull ? this.#depthOf(last) : Number.POSITIVE_INFINITY;
  }
}

const NO_SPAN = { traceId: null, spanId: null } as const;
