import {
  type Baseline,
  categoryEffect,
  type Effect,
  ksEffect,
  type RandomSource,
  SlidingKs,
} from '@telltale/statistics';

import { hourOfWeek } from '../season.ts';
import type { DriftOptions } from '../types.ts';

/** Values without which a block is not compared. */
const VALUES_MIN = 100;
/** Values of an hour that are kept for a week. */
const HOUR_VALUES_MAX = 200;
const WEEK_MS = 604_800_000;
const HOUR_MS = 3_600_000;

/** Values of one block: all of a short one, a random sample of a long one. */
interface KeptValues {
  /** The number of the hour since the epoch; 0 for windows. */
  readonly hour: number;
  readonly values: readonly number[];
}

export interface MovingReferenceSnapshot {
  readonly hour: number;
  readonly seen: number;
  readonly values: readonly number[];
  readonly window: readonly number[];
  readonly reference: readonly number[] | null;
  readonly effect: Effect | null;
  readonly kept: readonly KeptValues[];
}

export interface MovingReferenceParts {
  readonly baseline: Baseline;
  readonly options: DriftOptions;
  readonly random: RandomSource;
}

/**
 * The effect of a window against another time than the baseline's: against the window before it, or
 * against the same hour a week ago. Evidence stays with the baseline, which no drift moves along.
 */
export class MovingReference {
  readonly #parts: MovingReferenceParts;
  readonly #isWeekly: boolean;
  readonly #categories: number;
  /** By hour of the week; of windows there is one. */
  readonly #kept = new Map<number, KeptValues>();
  #hour = 0;
  /** Values of the block so far, and those of them that are kept. */
  #seen = 0;
  #values: number[] = [];
  /** The last values of the block, at most a window. */
  #window: number[] = [];
  #reference: readonly number[] | undefined;
  #sliding: SlidingKs | undefined;
  /** Stays until a new block has values enough to be compared. */
  #effect: Effect | undefined;

  constructor(parts: MovingReferenceParts, snapshot?: MovingReferenceSnapshot) {
    this.#parts = parts;
    this.#isWeekly = parts.options.compare === 'last_week';
    this.#categories = parts.baseline.categoryCounts.length;
    if (snapshot === undefined) return;
    this.#hour = snapshot.hour;
    this.#seen = snapshot.seen;
    this.#values = [...snapshot.values];
    this.#effect = snapshot.effect ?? undefined;
    for (const kept of snapshot.kept) this.#kept.set(this.#placeOf(kept.hour), kept);
    this.#compareWith(snapshot.reference ?? undefined);
    for (const value of snapshot.window) this.#pushWindow(value);
  }

  /** @param value a number, or the place of a category */
  observe(value: number): void {
    if (this.#isWeekly) this.#enterHour();
    else if (this.#seen >= this.#parts.options.window) this.#begin(0);
    this.#pushWindow(value);
    this.#keep(value);
  }

  /** The effect against the other time; nothing before there is one. */
  effect(): Effect | undefined {
    const reference = this.#reference;
    if (reference === undefined || this.#window.length < VALUES_MIN) return this.#effect;
    const { designEffect } = this.#parts.baseline;
    if (this.#sliding === undefined) {
      const before = this.#countPlaces(reference);
      const now = this.#countPlaces(this.#window.slice(-this.#parts.options.window));
      this.#effect = categoryEffect(before, now, designEffect);
    } else {
      const sizes = { m: reference.length, n: this.#sliding.length, designEffect };
      this.#effect = ksEffect(this.#sliding.statistic(), sizes);
    }
    return this.#effect;
  }

  snapshot(): MovingReferenceSnapshot {
    return {
      hour: this.#hour,
      seen: this.#seen,
      values: [...this.#values],
      window: [...this.#window],
      reference: this.#reference ?? null,
      effect: this.#effect ?? null,
      kept: [...this.#kept.values()],
    };
  }

  #enterHour(): void {
    const hour = Math.floor(this.#parts.options.now() / HOUR_MS);
    if (hour !== this.#hour && Number.isFinite(hour)) this.#begin(hour);
  }

  /** Ends the block and compares the next one with what was kept for it. */
  #begin(hour: number): void {
    const ended = { hour: this.#hour, values: this.#values };
    if (ended.values.length >= VALUES_MIN) this.#kept.set(this.#placeOf(ended.hour), ended);
    const kept = this.#kept.get(this.#placeOf(hour));
    const isDue = !this.#isWeekly || kept?.hour === hour - WEEK_MS / HOUR_MS;
    this.#hour = hour;
    this.#seen = 0;
    this.#values = [];
    this.#window = [];
    this.#compareWith(isDue ? kept?.values : undefined);
  }

  #compareWith(reference: readonly number[] | undefined): void {
    this.#reference = reference;
    const isNumeric = reference !== undefined && this.#categories === 0;
    this.#sliding = isNumeric
      ? new SlidingKs(Float64Array.from(reference).sort(), this.#parts.options.window)
      : undefined;
  }

  #pushWindow(value: number): void {
    this.#sliding?.push(value);
    this.#window.push(value);
    // Cut in blocks: to shift at every record would cost a pass over the window.
    const { window } = this.#parts.options;
    if (this.#window.length >= 2 * window) this.#window = this.#window.slice(-window);
  }

  /** Each value of a block is kept as likely as the others. */
  #keep(value: number): void {
    const size = this.#isWeekly ? HOUR_VALUES_MAX : this.#parts.options.window;
    this.#seen += 1;
    if (this.#values.length < size) {
      this.#values.push(value);
      return;
    }
    const place = Math.floor(this.#parts.random.next() * this.#seen);
    if (place < size) this.#values[place] = value;
  }

  #placeOf(hour: number): number {
    return this.#isWeekly ? hourOfWeek(hour * HOUR_MS) : 0;
  }

  #countPlaces(places: readonly number[]): readonly number[] {
    const counts = Array.from({ length: this.#categories }, () => 0);
    for (const place of places) counts[place] = (counts[place] ?? 0) + 1;
    return counts;
  }
}
