import { normalSurvival } from '../distance/special-functions.ts';

/** Values that are compared with those before them: the last so many. */
const WINDOWS: readonly number[] = [4, 8, 16];
/** Values before a window without which nothing is known, and those that are looked at. */
const BEFORE_MIN = 8;
const BEFORE_MAX = 60;
const KEPT_MAX = BEFORE_MAX + 16;
/** A deviation of normal numbers in median absolute deviations. */
const SIGMA_PER_MAD = 1.4826;
/** The median deviation of a stretch whose values are mostly equal says too little. */
const SPREAD_SHARE_MIN = 0.5;
/** A correlation of neighbours below this may be chance, and counts half. */
const CORRELATION_LOW = 0.2;
/** How much correlation is believed of a first stretch, and of many values of earlier ones. */
const CORRELATION_MAX_FIRST = 0.4;
const CORRELATION_MAX = 0.95;
const BELIEVED_FROM = 60;
const FREEDOM_MIN = 2.5;
/** So much evidence is one in so many by chance at one look; measured, as looks overlap. */
const EVIDENCE_PER_CHANCE = 0.09;
const SCORE_MAX = 37;

/** What a detector knows, as plain data. */
export interface ShiftState {
  readonly values: readonly number[];
  /** The values before the shift, where one is under way. */
  readonly before: readonly number[] | null;
  /** Of earlier stretches: the sum of their correlations, each times its values, and the values. */
  readonly correlation: number;
  readonly stretch: number;
}

/** How far the last values are from those before. */
export interface Shift {
  /** Grows without bound the less likely chance is. */
  readonly evidence: number;
  /** Kolmogorov-Smirnov distance of two normal laws that are so far apart, from 0 to 1. */
  readonly effect: number;
  /** How many of the last values are meant. */
  readonly length: number;
}

const NONE: Shift = { evidence: 0, effect: 0, length: 0 };

/**
 * Finds shifts of the level of short series: medians of the last 4, 8 and 16 values against those of
 * up to 60 values before them, in robust spreads. Values that follow each other weigh less, by a
 * correlation that is learned over all stretches between shifts: a price wanders, and only earlier
 * stretches tell that from a step. Bounds on false alarms are measured, not proven.
 */
export class ShiftDetector {
  #values: number[] = [];
  #before: readonly number[] | undefined;
  #correlation = 0;
  #stretch = 0;
  #shift: Shift = NONE;
  readonly #effectMin: number;

  /** @param effectMin windows with so large an effect go before others */
  constructor(effectMin: number, state?: ShiftState) {
    this.#effectMin = effectMin;
    if (state === undefined) return;
    this.#values = state.values.slice(-KEPT_MAX);
    this.#before = state.before?.slice(-BEFORE_MAX);
    this.#correlation = state.correlation;
    this.#stretch = state.stretch;
    this.#shift = this.#measure();
  }

  /** What the last value made of it. */
  get shift(): Shift {
    return this.#shift;
  }

  /**
   * Takes a finite value.
   *
   * @param isShifted while a shift is under way nothing joins the values before it
   */
  observe(value: number, isShifted: boolean): void {
    if (isShifted) this.#before ??= this.#values.slice(0, -Math.max(1, this.#shift.length));
    else this.#before = undefined;
    this.#values.push(value);
    if (this.#values.length > KEPT_MAX) this.#values.shift();
    this.#shift = this.#measure();
  }

  /**
   * A new stretch begins; how values follow each other stays known.
   *
   * @param kept so many of the last values belong to it
   */
  restart(kept = 0): void {
    const ended = (this.#before ?? this.#values.slice(0, -Math.max(1, this.#shift.length))).slice(
      -BEFORE_MAX,
    );
    if (ended.length >= BEFORE_MIN) {
      this.#correlation += ended.length * correlationOf(deviationsOf(ended));
      this.#stretch += ended.length;
    }
    this.#values = kept === 0 ? [] : this.#values.slice(-kept);
    this.#before = undefined;
    this.#shift = NONE;
  }

  snapshot(): ShiftState {
    return {
      values: [...this.#values],
      before: this.#before === undefined ? null : [...this.#before],
      correlation: this.#correlation,
      stretch: this.#stretch,
    };
  }

  #measure(): Shift {
    let best = NONE;
    for (const length of WINDOWS) {
      const before = (this.#before ?? this.#values.slice(0, -length)).slice(-BEFORE_MAX);
      if (before.length < BEFORE_MIN || this.#values.length < length) continue;
      const found = this.#compare(before, this.#values.slice(-length));
      if (this.#isBetter(found, best)) best = found;
    }
    return best;
  }

  #isBetter(one: Shift, other: Shift): boolean {
    const [isLarge, wasLarge] = [one, other].map(({ effect }) => effect >= this.#effectMin);
    return isLarge === wasLarge ? one.evidence > other.evidence : isLarge === true;
  }

  #compare(before: readonly number[], window: readonly number[]): Shift {
    const n = before.length;
    const middle = medianOf(before);
    const deviations = deviationsOf(before);
    const spread = spreadOf(deviations, middle);
    const correlation = this.#believed(n, correlationOf(deviations));
    const share = (1 - correlation) / (1 + correlation);
    const noise = 1 / Math.max(1, window.length * share) + 1 / Math.max(1.5, n * share);
    const distance = Math.abs(medianOf(window) - middle) / spread;
    const freedom = Math.max(FREEDOM_MIN, Math.min(n - 1, n * Math.max(share, 0.3) - 1));
    const score = normalScore(distance / Math.sqrt(noise), freedom);
    return {
      evidence: EVIDENCE_PER_CHANCE / normalSurvival(score),
      effect: 1 - 2 * normalSurvival(distance / 2),
      length: window.length,
    };
  }

  /** A short stretch says little of how values follow each other; earlier ones help. */
  #believed(n: number, own: number): number {
    const all = n + this.#stretch;
    // Of few values the measured correlation is too small on average.
    const pooled = Math.max(0, (n * own + this.#correlation + 1) / all);
    const most =
      CORRELATION_MAX_FIRST +
      ((CORRELATION_MAX - CORRELATION_MAX_FIRST) * this.#stretch) / (this.#stretch + BELIEVED_FROM);
    return Math.min(most, pooled < CORRELATION_LOW ? pooled / 2 : pooled);
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}

function deviationsOf(values: readonly number[]): readonly number[] {
  const middle = medianOf(values);
  return values.map((value) => value - middle);
}

function spreadOf(deviations: readonly number[], middle: number): number {
  const squares = deviations.reduce((sum, one) => sum + one * one, 0);
  const deviation = Math.sqrt(squares / Math.max(1, deviations.length - 1));
  const robust = SIGMA_PER_MAD * medianOf(deviations.map(Math.abs));
  // Of equal values any other one is a shift.
  return Math.max(robust, SPREAD_SHARE_MIN * deviation) || 1e-9 * Math.max(1, Math.abs(middle));
}

/** Of neighbours; 0 of equal values. */
function correlationOf(deviations: readonly number[]): number {
  let products = 0;
  let squares = 0;
  for (const [index, one] of deviations.entries()) {
    squares += one * one;
    products += one * (deviations[index - 1] ?? 0);
  }
  return squares > 0 ? products / squares : 0;
}

/**
 * The normal number that is as unlikely as a value of Student's law, by Fisher's expansion turned
 * round. Too large at few degrees of freedom, which the measured promise includes.
 */
function normalScore(value: number, freedom: number): number {
  let low = 0;
  let high = SCORE_MAX;
  if (studentQuantile(high, freedom) <= value) return high;
  for (let step = 0; step < 40; step += 1) {
    const score = (low + high) / 2;
    if (studentQuantile(score, freedom) < value) low = score;
    else high = score;
  }
  return low;
}

/** Fisher's expansion of a quantile of Student's law by the normal one of the same probability. */
function studentQuantile(z: number, freedom: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
