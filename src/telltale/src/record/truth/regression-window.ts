import { PlacedRing, type RingContent } from './placed-ring.ts';

/** How far predicted numbers are from their targets, in the unit of the target. */
export interface RegressionPerformance {
  readonly sampleCount: number;
  readonly meanAbsoluteError?: number;
  readonly rootMeanSquaredError?: number;
  /** Mean of predicted minus actual: above 0 the model promises too much. */
  readonly bias?: number;
  /** Share of the variance of the targets that is explained; absent when they are all equal. */
  readonly rSquared?: number;
}

export interface Compared {
  readonly value: number;
  readonly actual: number;
}

/** The last predicted numbers of a model with their targets, and the errors over them. */
export class RegressionWindow {
  readonly #ring: PlacedRing<Compared>;

  constructor(capacity: number, before?: RingContent<Compared>) {
    this.#ring = new PlacedRing(capacity, before);
  }

  /** What is in the window. */
  get content(): RingContent<Compared> {
    return this.#ring.content;
  }

  /** Adds a pair and returns its place, which `correct` takes. */
  add(value: number, actual: number): number {
    return this.#ring.add({ value, actual });
  }

  /** Replaces the target of a pair that is still in the window: the last word wins. */
  correct(place: number, actual: number): void {
    this.#ring.replace(place, (old) => ({ ...old, actual }));
  }

  performance(): RegressionPerformance {
    const ring = this.#ring.values;
    const n = ring.length;
    if (n === 0) return { sampleCount: 0 };
    const mean = ring.reduce((sum, { actual }) => sum + actual, 0) / n;
    let absolute = 0;
    let squared = 0;
    let signed = 0;
    let spread = 0;
    for (const { value, actual } of ring) {
      const error = value - actual;
      absolute += Math.abs(error);
      squared += error * error;
      signed += error;
      spread += (actual - mean) ** 2;
    }
    return {
      sampleCount: n,
      meanAbsoluteError: absolute / n,
      rootMeanSquaredError: Math.sqrt(squared / n),
      bias: signed / n,
      ...(spread > 0 ? { rSquared: 1 - squared / spread } : {}),
    };
  }
}
