/** One bucket of the exponential histogram: the sum and squared deviation of 2^row values. */
interface Bucket {
  readonly sum: number;
  readonly deviation: number;
}

/** A window as plain data. */
export interface AdwinState {
  /** Sum and squared deviation of each bucket, rows of the smallest buckets first. */
  readonly rows: readonly (readonly (readonly [sum: number, deviation: number])[])[];
  readonly width: number;
  readonly sum: number;
  readonly deviation: number;
  readonly ticks: number;
}

export interface AdwinOptions {
  /** Confidence of a cut; smaller alarms less. Default 0.002. */
  readonly delta?: number;
  /** Values between looks. Default 32. */
  readonly clock?: number;
  /** Buckets a row before two merge. Default 5. */
  readonly bucketsMax?: number;
  /** Smallest half of a cut. Default 5. */
  readonly windowMin?: number;
  /** Values before the first look. Default 10. */
  readonly grace?: number;
}

/**
 * ADWIN2 (Bifet and Gavalda 2007): a window that shrinks when two of its halves have different
 * means, in the loop order of MOA. It follows means only: a change of scale leaves it silent.
 */
export class Adwin {
  readonly #options: Required<AdwinOptions>;
  readonly #rows: Bucket[][] = [[]];
  #width = 0;
  #sum = 0;
  #deviation = 0;
  #ticks = 0;

  constructor(options: AdwinOptions = {}, state?: AdwinState) {
    this.#options = { delta: 0.002, clock: 32, bucketsMax: 5, windowMin: 5, grace: 10, ...options };
    if (state === undefined) return;
    const rows = state.rows.map((row) => row.map(([sum, deviation]) => ({ sum, deviation })));
    this.#rows.splice(0, 1, ...rows);
    this.#width = state.width;
    this.#sum = state.sum;
    this.#deviation = state.deviation;
    this.#ticks = state.ticks;
  }

  /** Values in the window. */
  get width(): number {
    return this.#width;
  }

  get mean(): number {
    return this.#width === 0 ? 0 : this.#sum / this.#width;
  }

  get variance(): number {
    return this.#width === 0 ? 0 : this.#deviation / this.#width;
  }

  /** Takes one finite value and tells whether the window shrank. */
  update(x: number): boolean {
    this.#ticks += 1;
    this.#rows[0]?.push({ sum: x, deviation: 0 });
    this.#width += 1;
    if (this.#width > 1) {
      const before = this.#width - 1;
      this.#deviation += (before * (x - this.#sum / before) ** 2) / this.#width;
    }
    this.#sum += x;
    this.#compress();
    if (this.#ticks % this.#options.clock !== 0 || this.#width <= this.#options.grace) return false;
    let hasShrunk = false;
    while (this.#hasCut()) {
      this.#dropOldest();
      hasShrunk = true;
    }
    return hasShrunk;
  }

  /** Plain data to go on from with the same options. */
  snapshot(): AdwinState {
    return {
      rows: this.#rows.map((row) => row.map(({ sum, deviation }) => [sum, deviation] as const)),
      width: this.#width,
      sum: this.#sum,
      deviation: this.#deviation,
      ticks: this.#ticks,
    };
  }

  #compress(): void {
    for (let row = 0; this.#rows[row]?.length === this.#options.bucketsMax + 1; row += 1) {
      const [first, second] = this.#rows[row]?.splice(0, 2) ?? [];
      if (first === undefined || second === undefined) return;
      const size = 2 ** row;
      const gap = first.sum / size - second.sum / size;
      const merged = {
        sum: first.sum + second.sum,
        deviation: first.deviation + second.deviation + (size * gap * gap) / 2,
      };
      (this.#rows[row + 1] ??= []).push(merged);
    }
  }

  /** Whether some cut separates the window into halves of different means, oldest cut first. */
  #hasCut(): boolean {
    let leftSize = 0;
    let leftSum = 0;
    for (let row = this.#rows.length - 1; row >= 0; row -= 1) {
      const buckets = this.#rows[row] ?? [];
      for (const [index, bucket] of buckets.entries()) {
        leftSize += 2 ** row;
        leftSum += bucket.sum;
        if (row === 0 && index === buckets.length - 1) return false;
        if (this.#differs(leftSize, leftSum)) return true;
      }
    }
    return false;
  }

  #differs(leftSize: number, leftSum: number): boolean {
    const { delta, windowMin } = this.#options;
    const rightSize = this.#width - leftSize;
    if (leftSize < windowMin || rightSize < windowMin) return false;
    const log = Math.log((2 * Math.log(this.#width)) / delta);
    const inverse = 1 / (leftSize - windowMin + 1) + 1 / (rightSize - windowMin + 1);
    const bound = Math.sqrt(2 * inverse * this.variance * log) + (2 / 3) * log * inverse;
    return Math.abs(leftSum / leftSize - (this.#sum - leftSum) / rightSize) > bound;
  }

  #dropOldest(): void {
    const row = this.#rows.length - 1;
    const bucket = this.#rows[row]?.shift();
    if (bucket === undefined) return;
    const size = 2 ** row;
    this.#width -= size;
    this.#sum -= bucket.sum;
    const gap = bucket.sum / size - this.#sum / this.#width;
    this.#deviation -= bucket.deviation + (size * this.#width * gap * gap) / (size + this.#width);
    if (this.#rows[row]?.length === 0 && row > 0) this.#rows.pop();
  }
}
