import {
  type Baseline,
  categoryEffect,
  type Effect,
  interquartileRange,
  ksEffect,
  type OutcomeRate,
  rateEffect,
  SlidingKs,
  urnCell,
} from '@telltale/statistics';

import { BitRing } from './bit-ring.ts';

/** The last records of one aspect, and how far they are from the baseline. */
export interface EffectWindow {
  readonly length: number;
  readonly capacity: number;
  /** Whether the noise floor of a full window depends on its size alone. */
  readonly hasFixedFloor: boolean;
  effect(): Effect;
  /** Plain data from which `restore` makes the window again. */
  snapshot(): WindowSnapshot;
}

/** Records of a window, oldest first. */
export interface WindowSnapshot {
  readonly codes?: readonly number[];
  readonly outside?: readonly number[];
  readonly places?: readonly number[];
  readonly ranks?: readonly number[];
  readonly bits?: string;
}

/** Sums of squares of a window stay finite below this. */
const DEVIATION_MAX = 1e38;

/** Numbers: exact Kolmogorov-Smirnov distance, kept up with every record. */
export class NumberWindow implements EffectWindow {
  readonly sliding: SlidingKs;
  readonly #baseline: Baseline;

  constructor(baseline: Baseline, capacity: number) {
    this.#baseline = baseline;
    this.sliding = new SlidingKs(baseline.sample, capacity);
  }

  /** The middle of the baseline, from which deviations are measured. */
  get median(): number {
    const { sample } = this.#baseline;
    return sample[Math.ceil(sample.length / 2) - 1] ?? 0;
  }

  /** The unit of deviations. */
  get spread(): number {
    const { sample } = this.#baseline;
    const range = (sample[sample.length - 1] ?? 0) - (sample[0] ?? 0);
    const spread = interquartileRange(sample) || range || 1;
    return Math.min(spread, Number.MAX_VALUE);
  }

  get hasFixedFloor(): boolean {
    return true;
  }

  get length(): number {
    return this.sliding.length;
  }

  get capacity(): number {
    return this.sliding.windowSize;
  }

  /** @returns the cell of the value, see `SlidingKs.push` */
  observe(value: number): number {
    return this.sliding.push(value);
  }

  /**
   * As `observe`; the value's cell in the urn of the baseline says where to look in the sample.
   *
   * @param rank the bucket of ranks that the value falls into
   */
  observeNear(value: number, urnCell: number, rank: number): number {
    const { sliding } = this;
    const place = (urnCell + 0.5) * sliding.distinct;
    return sliding.pushNear(value, Math.floor(place / this.#baseline.cells.weights.length), rank);
  }

  /** Distance from the median in spreads, signed. */
  deviation(value: number): number {
    const deviation = (value - this.median) / this.spread;
    if (deviation > DEVIATION_MAX) return DEVIATION_MAX;
    return deviation < -DEVIATION_MAX ? -DEVIATION_MAX : deviation;
  }

  effect(): Effect {
    const { size, designEffect } = this.#baseline;
    return ksEffect(this.sliding.statistic(), { m: size, n: this.length, designEffect });
  }

  /** The deviations of the window, oldest first. A copy. */
  deviations(): Float64Array {
    return this.values().map((value) => this.deviation(value));
  }

  /** The values of the window, oldest first, as exact as `SlidingKs` keeps them. A copy. */
  values(): Float64Array {
    return this.sliding.window();
  }

  /** How many values of the window are in each bucket of ranks. */
  rankCounts(): Uint32Array {
    const { ranks } = this.#baseline;
    const counts = new Uint32Array(ranks.weights.length);
    const marks = this.sliding.marks();
    for (const [index, value] of this.values().entries()) {
      const mark = marks[index] ?? -1;
      // Between values of the baseline no tie matters.
      const bucket = mark < 0 ? urnCell(ranks, value, 0) : mark;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  }

  snapshot(): WindowSnapshot {
    return this.sliding.snapshot();
  }

  restore({ codes = [], outside = [] }: WindowSnapshot): void {
    this.sliding.restore({ codes, outside });
  }
}

/** Small places, such as categories or buckets of ranks, of the last records. */
export class PlaceWindow {
  readonly #places: number;
  readonly #ring: Uint8Array;
  #position = 0;
  #length = 0;

  /** @param places at most 256 */
  constructor(places: number, capacity: number) {
    this.#places = places;
    this.#ring = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#ring.length;
  }

  observe(place: number): void {
    const ring = this.#ring;
    const position = this.#position;
    if (this.#length < ring.length) this.#length += 1;
    ring[position] = place;
    this.#position = position + 1 === ring.length ? 0 : position + 1;
  }

  /** How many of the records fell on each place. One pass over the window. */
  counts(): Uint32Array {
    const counts = new Uint32Array(this.#places);
    const ring = this.#ring;
    const length = this.#length;
    for (let index = 0; index < length; index += 1) {
      const place = ring[index] ?? 0;
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return counts;
  }

  /** The places of the window, oldest first. */
  places(): number[] {
    const start = this.#length === this.#ring.length ? this.#position : 0;
    return Array.from(
      { length: this.#length },
      (_, index) => this.#ring[(start + index) % this.#ring.length] ?? 0,
    );
  }
}

/** Categories: total variation of their counts. */
export class CategoryWindow implements EffectWindow {
  readonly #baseline: Baseline;
  readonly #places: PlaceWindow;
  readonly #ranks: PlaceWindow;

  constructor(baseline: Baseline, capacity: number) {
    this.#baseline = baseline;
    this.#places = new PlaceWindow(baseline.categoryCounts.length, capacity);
    this.#ranks = new PlaceWindow(baseline.ranks.weights.length, capacity);
  }

  get hasFixedFloor(): boolean {
    return true;
  }

  get length(): number {
    return this.#places.length;
  }

  get capacity(): number {
    return this.#places.capacity;
  }

  counts(): Uint32Array {
    return this.#places.counts();
  }

  /** @param rank the bucket of ranks that the category falls into */
  observe(place: number, rank: number): void {
    this.#places.observe(place);
    this.#ranks.observe(rank);
  }

  rankCounts(): Uint32Array {
    return this.#ranks.counts();
  }

  effect(): Effect {
    return categoryEffect(
      this.#baseline.categoryCounts,
      this.counts(),
      this.#baseline.designEffect,
    );
  }

  snapshot(): WindowSnapshot {
    return { places: this.#places.places(), ranks: this.#ranks.places() };
  }

  restore({ places = [], ranks = [] }: WindowSnapshot): void {
    for (const [index, place] of places.entries()) this.observe(place, ranks[index] ?? 0);
  }
}

/** A rate: how many of the last records were missing, or novel. */
export class RateWindow implements EffectWindow {
  readonly #baseline: Baseline;
  readonly #rateOf: (baseline: Baseline) => OutcomeRate;
  readonly #bits: BitRing;

  /** @param rateOf reads the rate of the baseline that is compared with */
  constructor(baseline: Baseline, rateOf: (baseline: Baseline) => OutcomeRate, capacity: number) {
    this.#baseline = baseline;
    this.#rateOf = rateOf;
    this.#bits = new BitRing(capacity);
  }

  /** What the rate of the baseline was. */
  get baseline(): OutcomeRate {
    return this.#rateOf(this.#baseline);
  }

  get hasFixedFloor(): boolean {
    return false;
  }

  get length(): number {
    return this.#bits.length;
  }

  get capacity(): number {
    return this.#bits.capacity;
  }

  get hits(): number {
    return this.#bits.count;
  }

  observe(outcome: number): void {
    this.#bits.push(outcome === 0 ? 0 : 1);
  }

  effect(): Effect {
    const { hits, records, designEffect } = this.baseline;
    return rateEffect(hits, this.hits, { m: records, n: this.length, designEffect });
  }

  snapshot(): WindowSnapshot {
    return { bits: this.#bits.snapshot() };
  }

  restore({ bits = '' }: WindowSnapshot): void {
    for (const bit of bits) this.#bits.push(bit === '1' ? 1 : 0);
  }
}
