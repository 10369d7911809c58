import { SlidingKs } from '@telltale/statistics';

import type { Baseline } from './baseline.ts';
import { categoryEffect, type Effect, ksEffect, rateEffect } from './effect.ts';

/** The last records of one aspect, and how far they are from the baseline. */
export interface EffectWindow {
  readonly length: number;
  push(value: number): void;
  effect(): Effect;
}

/** Numbers: exact Kolmogorov-Smirnov distance, kept up with every record. */
export class NumberWindow implements EffectWindow {
  readonly #baseline: Baseline;
  readonly #sliding: SlidingKs;
  readonly #ring: Float64Array;
  #position = 0;

  constructor(baseline: Baseline, capacity: number) {
    this.#baseline = baseline;
    this.#sliding = new SlidingKs(baseline.sample, capacity);
    this.#ring = new Float64Array(capacity);
  }

  get length(): number {
    return this.#sliding.length;
  }

  push(value: number): void {
    this.#sliding.push(value);
    this.#ring[this.#position] = value;
    this.#position = (this.#position + 1) % this.#ring.length;
  }

  effect(): Effect {
    const { size, designEffect } = this.#baseline;
    return ksEffect(this.#sliding.statistic(), { m: size, n: this.length, designEffect });
  }

  /** `D * m * n`, for its exact p-value. */
  numerator(): number {
    return this.#sliding.numerator();
  }

  /** The values of the window, ascending. A copy. */
  sorted(): Float64Array {
    return this.#ring.slice(0, this.length).sort();
  }
}

/** Categories: total variation of their counts. */
export class CategoryWindow implements EffectWindow {
  readonly #baseline: Baseline;
  readonly #ring: Uint8Array;
  readonly counts: Uint32Array;
  #position = 0;
  #length = 0;

  constructor(baseline: Baseline, capacity: number) {
    this.#baseline = baseline;
    this.#ring = new Uint8Array(capacity);
    this.counts = new Uint32Array(baseline.categoryCounts.length);
  }

  get length(): number {
    return this.#length;
  }

  push(place: number): void {
    if (this.#length === this.#ring.length) this.#count(this.#ring[this.#position] ?? 0, -1);
    else this.#length += 1;
    this.#ring[this.#position] = place;
    this.#count(place, 1);
    this.#position = (this.#position + 1) % this.#ring.length;
  }

  effect(): Effect {
    return categoryEffect(this.#baseline.categoryCounts, this.counts, this.#baseline.designEffect);
  }

  #count(place: number, by: number): void {
    this.counts[place] = (this.counts[place] ?? 0) + by;
  }
}

/** A rate: how many of the last records were missing, or novel. */
export class RateWindow implements EffectWindow {
  readonly #ring: Uint8Array;
  readonly #baseline: {
    readonly hits: number;
    readonly records: number;
    readonly designEffect: number;
  };
  #position = 0;
  #length = 0;
  hits = 0;

  constructor(
    baseline: { readonly hits: number; readonly records: number; readonly designEffect: number },
    capacity: number,
  ) {
    this.#baseline = baseline;
    this.#ring = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(outcome: number): void {
    const hit = outcome === 0 ? 0 : 1;
    if (this.#length === this.#ring.length) this.hits -= this.#ring[this.#position] ?? 0;
    else this.#length += 1;
    this.#ring[this.#position] = hit;
    this.hits += hit;
    this.#position = (this.#position + 1) % this.#ring.length;
  }

  effect(): Effect {
    const { hits, records, designEffect } = this.#baseline;
    return rateEffect(hits, this.hits, { m: records, n: this.#length, designEffect });
  }
}
