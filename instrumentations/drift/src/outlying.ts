import type { SpanLink } from './types.ts';

const OUTLYING_MAX = 8;

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
  #entries: OutlyingEntry[];
  /** Depth that a value must not exceed to be looked at: most records stop here. */
  #depthMax = Number.POSITIVE_INFINITY;

  constructor(
    spanOf: () => SpanLink | undefined,
    now: () => number,
    entries: readonly OutlyingEntry[] = [],
  ) {
    this.#spanOf = spanOf;
    this.#now = now;
    this.#entries = [...entries];
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
    const last = this.#entries.at(-1);
    const isFull = this.#entries.length >= OUTLYING_MAX;
    if (isFull && last !== undefined && !isFurther({ depth, deviation: size }, last)) return;
    if (isFull) this.#entries.pop();
    const span = this.#spanOf();
    // In order: entries of the same place keep the order they came in.
    const place = this.#entries.findIndex((entry) => isFurther({ depth, deviation: size }, entry));
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, {
      value,
      rank: cell / (cells - 1),
      traceId: span?.traceId ?? null,
      spanId: span?.spanId ?? null,
      timeMs: this.#now(),
      record,
      depth,
      deviation: size,
    });
    this.#limit();
  }

  /** Lets go of values that left the window. */
  expire(oldestRecord: number): void {
    if (this.#entries.every(({ record }) => record >= oldestRecord)) return;
    this.#entries = this.#entries.filter(({ record }) => record >= oldestRecord);
    this.#limit();
  }

  /** The values kept, the furthest first. */
  entries(): readonly OutlyingEntry[] {
    return this.#entries;
  }

  #limit(): void {
    const isFull = this.#entries.length >= OUTLYING_MAX;
    this.#depthMax = isFull ? (this.#entries.at(-1)?.depth ?? 0) : Number.POSITIVE_INFINITY;
  }
}

interface Place {
  readonly depth: number;
  readonly deviation: number;
}

const isFurther = (a: Place, b: Place): boolean =>
  a.depth < b.depth || (a.depth === b.depth && a.deviation > b.deviation);
