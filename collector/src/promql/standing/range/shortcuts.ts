import { grown } from '../node.ts';
import type { Windows } from '../select/windows.ts';

/**
 * Keeps the answer of a function up to date while samples come and go, where that gives the very
 * bits that reading the whole window gives; a threshold must not be crossed by a rounding error.
 */
export interface Shortcut {
  /** Takes in what the last move of the windows has changed about one member. */
  update(slot: number, values: Float64Array, windows: Windows): void;
  /** The answer for a window that is not empty; `undefined` when it has to be read. */
  valueOf(slot: number, values: Float64Array, windows: Windows): number | undefined;
}

/** The shortcut of a function, if it has one. Each node needs its own. */
export function shortcutOf(functionName: string): Shortcut | undefined {
  switch (functionName) {
    case 'sum_over_time':
      return new SumShortcut((sum) => sum);
    case 'avg_over_time':
      return new SumShortcut((sum, count) => sum / count);
    case 'max_over_time':
      return new ExtremeShortcut((value, extreme) => value > extreme);
    case 'min_over_time':
      return new ExtremeShortcut((value, extreme) => value < extreme);
    case 'count_over_time':
      return { update: doNothing, valueOf: (_slot, _values, { from, to }) => to - from };
    case 'last_over_time':
      return { update: doNothing, valueOf: (_slot, values, { to }) => values[to - 1] };
    default:
      return undefined;
  }
}

function doNothing(): void {
  // Ends of a window need no memory.
}

/** Sums of whole numbers up to this size are exact, as long as there are not too many of them. */
const EXACT_MAX = 2 ** 40;
const EXACT_SAMPLES_MAX = 2 ** 13;

/**
 * Sums and averages of whole numbers, such as queue lengths or 0 and 1 of health: adding and taking
 * away leaves no error. A window with any other number is read.
 */
class SumShortcut implements Shortcut {
  readonly #finish: (sum: number, count: number) => number;
  #sums: Float64Array = new Float64Array(8);
  /** How many samples of the window are not exact. */
  #inexact: Int32Array = new Int32Array(8);

  constructor(finish: (sum: number, count: number) => number) {
    this.#finish = finish;
  }

  update(slot: number, values: Float64Array, windows: Windows): void {
    if (slot >= this.#sums.length) {
      this.#sums = grown(this.#sums, new Float64Array(slot * 2));
      this.#inexact = grown(this.#inexact, new Int32Array(slot * 2));
    }
    let sum = windows.isRestarted ? 0 : (this.#sums[slot] ?? 0);
    let inexact = windows.isRestarted ? 0 : (this.#inexact[slot] ?? 0);
    for (let index = windows.addedFrom; index < windows.to; index += 1) {
      const value = values[index] ?? 0;
      if (isExact(value)) sum += value;
      else inexact += 1;
    }
    for (let index = windows.droppedFrom; index < windows.from; index += 1) {
      const value = values[index] ?? 0;
      if (isExact(value)) sum -= value;
      else inexact -= 1;
    }
    this.#sums[slot] = sum;
    this.#inexact[slot] = inexact;
  }

  valueOf(slot: number, _values: Float64Array, { from, to }: Windows): number | undefined {
    if (this.#inexact[slot] !== 0 || to - from > EXACT_SAMPLES_MAX) return undefined;
    return this.#finish(this.#sums[slot] ?? 0, to - from);
  }
}

function isExact(value: number): boolean {
  return Number.isInteger(value) && value <= EXACT_MAX && value >= -EXACT_MAX;
}

/**
 * The largest or smallest sample. It is known until it leaves the window, which is read then; a
 * window with NaN is read always, because NaN is beaten by any number.
 */
class ExtremeShortcut implements Shortcut {
  readonly #beats: (value: number, extreme: number) => boolean;
  #extremes: Float64Array = new Float64Array(8);
  #nans: Int32Array = new Int32Array(8);

  constructor(beats: (value: number, extreme: number) => boolean) {
    this.#beats = beats;
  }

  update(slot: number, values: Float64Array, windows: Windows): void {
    if (slot >= this.#extremes.length) {
      this.#extremes = grown(this.#extremes, new Float64Array(slot * 2));
      this.#nans = grown(this.#nans, new Int32Array(slot * 2));
    }
    if (windows.isRestarted) {
      this.#nans[slot] = 0;
      this.#extremes[slot] = Number.NaN;
    }
    this.#add(slot, values, windows);
    this.#drop(slot, values, windows);
  }

  /** An extreme of NaN stands for one that is not known; new samples cannot tell it. */
  #add(slot: number, values: Float64Array, { addedFrom, to }: Windows): void {
    for (let index = addedFrom; index < to; index += 1) {
      const value = values[index] ?? 0;
      if (Number.isNaN(value)) this.#nans[slot] = (this.#nans[slot] ?? 0) + 1;
      else if (this.#beats(value, this.#extremes[slot] ?? 0)) this.#extremes[slot] = value;
    }
  }

  #drop(slot: number, values: Float64Array, { droppedFrom, from }: Windows): void {
    for (let index = droppedFrom; index < from; index += 1) {
      const value = values[index] ?? 0;
      if (Number.isNaN(value)) this.#nans[slot] = (this.#nans[slot] ?? 0) - 1;
      else if (value === this.#extremes[slot]) this.#extremes[slot] = Number.NaN;
    }
  }

  valueOf(slot: number, values: Float64Array, { from, to }: Windows): number | undefined {
    if (this.#nans[slot] !== 0) return undefined;
    let extreme = this.#extremes[slot] ?? 0;
    if (!Number.isNaN(extreme)) return extreme;
    extreme = values[from] ?? 0;
    for (let index = from + 1; index < to; index += 1) {
      const value = values[index] ?? 0;
      if (this.#beats(value, extreme)) extreme = value;
    }
    this.#extremes[slot] = extreme;
    return extreme;
  }
}
