import {
  type Baseline,
  categoryEffect,
  type Effect,
  interquartileRange,
  ksEffect,
  rateEffect,
  SlidingKs,
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
  readonly cells?: readonly number[];
  readonly deviations?: readonly number[];
  readonly places?: readonly number[];
  readonly bits?: string;
}

const FLOAT32_MAX = 3.402_823_466e38;

/** Numbers: exact Kolmogorov-Smirnov distance, kept up with every record. */
export class NumberWindow implements EffectWindow {
  readonly sliding: SlidingKs;
  readonly hasFixedFloor = true;
  /** Middle and spread of the baseline, the unit of deviations. */
  readonly median: number;
  readonly spread: number;
  readonly #baseline: Baseline;
  /**
   * How far values are from the median, in spreads: single precision is a ten-millionth of a
   * spread there, whatever the size of the values, at half the memory.
   */
  readonly #deviations: Float32Array;
  /** Where the sample starts that falls into each cell of the urn, and where it ends at last. */
  readonly #groups: Uint32Array;
  #position = 0;

  constructor(baseline: Baseline, capacity: number) {
    const { sample, cells } = baseline;
    this.#baseline = baseline;
    this.sliding = new SlidingKs(sample, capacity);
    const groups = cells.edges.map((edge) => this.sliding.groupOf(edge));
    this.#groups = Uint32Array.of(0, ...groups, this.sliding.groupOf(Number.POSITIVE_INFINITY));
    this.#deviations = new Float32Array(capacity);
    this.median = sample[Math.ceil(sample.length / 2) - 1] ?? 0;
    const range = (sample[sample.length - 1] ?? 0) - (sample[0] ?? 0);
    const spread = interquartileRange(sample) || range || 1;
    this.spread = Math.min(spread, Number.MAX_VALUE);
  }

  get length(): number {
    return this.sliding.length;
  }

  get capacity(): number {
    return this.sliding.windowSize;
  }

  /** @returns the cell of the value, see `SlidingKs.push` */
  push(value: number): number {
    this.#pushDeviation(this.deviation(value));
    return this.sliding.push(value);
  }

  /** As `push`; the value's cell in the urn of the baseline says where to look in the sample. */
  pushNear(value: number, urnCell: number): number {
    this.#pushDeviation(this.deviation(value));
    const groups = this.#groups;
    return this.sliding.pushBetween(value, groups[urnCell] ?? 0, groups[urnCell + 1] ?? 0);
  }

  /** Distance from the median in spreads, signed. */
  deviation(value: number): number {
    const deviation = (value - this.median) / this.spread;
    if (deviation > FLOAT32_MAX) return FLOAT32_MAX;
    return deviation < -FLOAT32_MAX ? -FLOAT32_MAX : deviation;
  }

  effect(): Effect {
    const { size, designEffect } = this.#baseline;
    return ksEffect(this.sliding.statistic(), { m: size, n: this.length, designEffect });
  }

  /** The deviations of the window, in the order of the ring. A copy. */
  deviations(): Float32Array {
    return this.#deviations.slice(0, this.length);
  }

  /** The values of the window, to a ten-millionth of the baseline's spread. A copy. */
  values(): Float64Array {
    return Float64Array.from(
      this.deviations(),
      (deviation) => this.median + deviation * this.spread,
    );
  }

  snapshot(): WindowSnapshot {
    const { cells } = this.sliding.snapshot();
    const start = this.length === this.#deviations.length ? this.#position : 0;
    const ring = this.#deviations;
    const deviations = cells.map((_, index) => ring[(start + index) % ring.length] ?? 0);
    return { cells, deviations };
  }

  restore({ cells = [], deviations = [] }: WindowSnapshot): void {
    this.sliding.restore({ cells });
    for (const deviation of deviations) this.#pushDeviation(deviation);
  }

  #pushDeviation(deviation: number): void {
    const ring = this.#deviations;
    const position = this.#position;
    ring[position] = deviation;
    this.#position = position + 1 === ring.length ? 0 : position + 1;
  }
}

/** Small places, such as categories or buckets of ranks: how many of the last records fell on each. */
export class PlaceWindow {
  readonly counts: Uint32Array;
  readonly #ring: Uint8Array;
  #position = 0;
  #length = 0;

  /** @param places at most 256 */
  constructor(places: number, capacity: number) {
    this.#ring = new Uint8Array(capacity);
    this.counts = new Uint32Array(places);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#ring.length;
  }

  push(place: number): void {
    const { counts } = this;
    const ring = this.#ring;
    const position = this.#position;
    if (this.#length === ring.length) {
      const oldest = ring[position] ?? 0;
      counts[oldest] = (counts[oldest] ?? 0) - 1;
    } else {
      this.#length += 1;
    }
    ring[position] = place;
    counts[place] = (counts[place] ?? 0) + 1;
    this.#position = position + 1 === ring.length ? 0 : position + 1;
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
  readonly hasFixedFloor = true;

  constructor(baseline: Baseline, capacity: number) {
    this.#baseline = baseline;
    this.#places = new PlaceWindow(baseline.categoryCounts.length, capacity);
  }

  get length(): number {
    return this.#places.length;
  }

  get capacity(): number {
    return this.#places.capacity;
  }

  get counts(): Uint32Array {
    return this.#places.counts;
  }

  push(place: number): void {
    this.#places.push(place);
  }

  effect(): Effect {
    return categoryEffect(this.#baseline.categoryCounts, this.counts, this.#baseline.designEffect);
  }

  snapshot(): WindowSnapshot {
    return { places: this.#places.places() };
  }

  restore({ places = [] }: WindowSnapshot): void {
    for (const place of places) this.push(place);
  }
}

/** What the rate of a baseline was. */
export interface BaselineRate {
  readonly hits: number;
  readonly records: number;
  readonly designEffect: number;
}

/** A rate: how many of the last records were missing, or novel. */
export class RateWindow implements EffectWindow {
  readonly baseline: BaselineRate;
  readonly hasFixedFloor = false;
  readonly #bits: BitRing;

  constructor(baseline: BaselineRate, capacity: number) {
    this.baseline = baseline;
    this.#bits = new BitRing(capacity);
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

  push(outcome: number): void {
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
