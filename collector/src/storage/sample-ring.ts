import type { NativeHistogram } from '../model/histogram/histogram.ts';

import { FLAG_HISTOGRAM, type SampleColumns } from '../promql/series-source.ts';

import { blockCapacity, createPrivatePage, type PagePool, type SamplePage } from './sample-page.ts';

/** What insertion did with a sample. */
export type InsertOutcome = 'appended' | 'inserted' | 'duplicate' | 'conflict';

export interface SampleExtras {
  readonly histogram?: NativeHistogram | undefined;
  /** Milliseconds; 0 when unknown. */
  readonly startTimeMs?: number | undefined;
}

/**
 * The samples of one series, ascending in time, as a window that slides over one block of a page.
 *
 * `begin` and `end` are absolute indexes into the page. When the block is full, the live samples
 * move back to its start; when nearly all of it is live, they move to a larger block.
 */
export class SampleRing {
  page: SamplePage;
  base = 0;
  capacity: number;
  begin: number;
  end: number;
  /** Samples dropped from the front so far; with it, a sample has a number for life. */
  evicted = 0;
  /** Counts insertions behind newer samples: what was read before has to be read again. */
  revision = 0;
  readonly #pool: PagePool;

  constructor(pool: PagePool) {
    this.#pool = pool;
    const block = pool.take(blockCapacity(1));
    this.page = block.page;
    this.base = block.base;
    this.capacity = block.capacity;
    this.begin = block.base;
    this.end = block.base;
  }

  get size(): number {
    return this.end - this.begin;
  }

  /** -Infinity when there is no sample. */
  get newestMs(): number {
    return this.end > this.begin ? (this.page.times[this.end - 1] ?? 0) : Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds between the last two samples; 0 when there are fewer. */
  get newestStepMs(): number {
    const { times } = this.page;
    const { end } = this;
    return end - this.begin < 2 ? 0 : (times[end - 1] ?? 0) - (times[end - 2] ?? 0);
  }

  /** Flags of the newest sample, 0 when there is none. */
  get newestFlags(): number {
    return this.end > this.begin ? (this.page.flags[this.end - 1] ?? 0) : 0;
  }

  /** Puts a float sample in its place by time; the common case is behind all others. */
  insert(timeMs: number, value: number, flags: number): InsertOutcome {
    if (timeMs > this.newestMs) {
      this.#makeRoom();
      this.#write(this.end, timeMs, value);
      this.page.flags[this.end] = flags;
      // The place may still hold what a sample that was dropped had beside its value.
      if (this.page.histograms !== undefined) this.page.histograms[this.end] = undefined;
      if (this.page.startTimes !== undefined) this.page.startTimes[this.end] = 0;
      this.end += 1;
      return 'appended';
    }
    return this.#insertBehind(timeMs, value, flags);
  }

  /** As `insert`, for samples with a histogram, a start timestamp or both. */
  insertWith(timeMs: number, value: number, extras: SampleExtras): InsertOutcome {
    const { histogram, startTimeMs = 0 } = extras;
    this.#requireColumns(histogram !== undefined, startTimeMs !== 0);
    const flags = histogram === undefined ? 0 : FLAG_HISTOGRAM;
    // The float beside a histogram does not tell two of them apart.
    if (flags !== 0 && this.#conflictsWithHistogram(timeMs, histogram)) return 'conflict';
    const outcome = this.insert(timeMs, value, flags);
    if (outcome === 'appended' || outcome === 'inserted') {
      // `insert` may have moved the window to another block.
      const at = this.indexAtOrAfter(timeMs);
      if (this.page.histograms !== undefined) this.page.histograms[at] = histogram;
      if (this.page.startTimes !== undefined) this.page.startTimes[at] = startTimeMs;
    }
    return outcome;
  }

  /** The first index whose time is at or after `timeMs`; `end` when there is none. */
  indexAtOrAfter(timeMs: number): number {
    const { times } = this.page;
    let low = this.begin;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets samples older than `timeMs`; returns how many. */
  evictBefore(timeMs: number): number {
    const { times } = this.page;
    if (this.begin === this.end || (times[this.begin] ?? 0) >= timeMs) return 0;
    const from = this.begin;
    this.begin = this.indexAtOrAfter(timeMs);
    this.evicted += this.begin - from;
    return this.begin - from;
  }

  /** Forgets samples newer than `timeMs`; returns how many. */
  dropAfter(timeMs: number): number {
    if (this.newestMs <= timeMs) return 0;
    const end = this.#indexAfter(timeMs);
    const dropped = this.end - end;
    this.end = end;
    this.revision += 1;
    return dropped;
  }

  columns(startMs: number, endMs: number): SampleColumns {
    const { page } = this;
    // Most reads end now, behind the newest sample: they need one search, not two.
    return {
      times: page.times,
      values: page.values,
      flags: page.flags,
      from: this.indexAtOrAfter(startMs),
      to: this.newestMs <= endMs ? this.end : this.#indexAfter(endMs),
      ...(page.histograms === undefined ? {} : { histograms: page.histograms }),
      ...(page.startTimes === undefined ? {} : { startTimes: page.startTimes }),
    };
  }

  /** Gives the block back; the ring must not be used afterwards. */
  release(): void {
    this.#pool.release(this);
    this.begin = this.base;
    this.end = this.base;
  }

  #indexAfter(timeMs: number): number {
    const index = this.indexAtOrAfter(timeMs);
    return index < this.end && this.page.times[index] === timeMs ? index + 1 : index;
  }

  #write(index: number, timeMs: number, value: number): void {
    this.page.times[index] = timeMs;
    this.page.values[index] = value;
  }

  #insertBehind(timeMs: number, value: number, flags: number): InsertOutcome {
    const at = this.indexAtOrAfter(timeMs);
    const { times, values } = this.page;
    if (times[at] === timeMs) {
      const isSame = Object.is(values[at], value) && this.page.flags[at] === flags;
      return isSame ? 'duplicate' : 'conflict';
    }
    // Making room moves the window, so the place is kept relative to its start.
    const offset = at - this.begin;
    this.#makeRoom();
    const index = this.begin + offset;
    const { page } = this;
    page.times.copyWithin(index + 1, index, this.end);
    page.values.copyWithin(index + 1, index, this.end);
    page.flags.copyWithin(index + 1, index, this.end);
    page.histograms?.copyWithin(index + 1, index, this.end);
    page.startTimes?.copyWithin(index + 1, index, this.end);
    this.#write(index, timeMs, value);
    page.flags[index] = flags;
    if (page.histograms !== undefined) page.histograms[index] = undefined;
    if (page.startTimes !== undefined) page.startTimes[index] = 0;
    this.end += 1;
    this.revision += 1;
    return 'inserted';
  }

  #conflictsWithHistogram(timeMs: number, histogram: NativeHistogram | undefined): boolean {
    const at = this.indexAtOrAfter(timeMs);
    if (at >= this.end || this.page.times[at] !== timeMs) return false;
    return !areSameHistograms(this.page.histograms?.[at], histogram);
  }

  #makeRoom(): void {
    if (this.end < this.base + this.capacity) return;
    const live = this.end - this.begin;
    // Moving a window back costs one copy for each 1/16 of the block that was free.
    if (live <= this.capacity - this.capacity / 16) this.#moveTo(this.page, this.base);
    else this.#grow(blockCapacity(this.capacity + 1));
  }

  #grow(capacity: number): void {
    const old = { page: this.page, base: this.base, capacity: this.capacity };
    const { histograms, startTimes } = this.page;
    const isPrivate = histograms !== undefined || startTimes !== undefined;
    const block = isPrivate
      ? {
          page: createPrivatePage(capacity, {
            hasHistograms: histograms !== undefined,
            hasStartTimes: startTimes !== undefined,
          }),
          base: 0,
        }
      : this.#pool.take(capacity);
    this.#moveTo(block.page, block.base);
    this.base = block.base;
    this.capacity = capacity;
    this.#pool.release(old);
  }

  /** Moves a series to a private page the first time it needs one more column. */
  #requireColumns(needsHistograms: boolean, needsStartTimes: boolean): void {
    const { histograms, startTimes } = this.page;
    const hasHistograms = needsHistograms || histograms !== undefined;
    const hasStartTimes = needsStartTimes || startTimes !== undefined;
    const isMissing =
      (hasHistograms && histograms === undefined) || (hasStartTimes && startTimes === undefined);
    if (!isMissing) return;
    const old = { page: this.page, base: this.base, capacity: this.capacity };
    this.#moveTo(createPrivatePage(this.capacity, { hasHistograms, hasStartTimes }), 0);
    this.base = 0;
    this.#pool.release(old);
  }

  #moveTo(target: SamplePage, base: number): void {
    const { page: source, begin, end } = this;
    if (source === target) {
      source.times.copyWithin(base, begin, end);
      source.values.copyWithin(base, begin, end);
      source.flags.copyWithin(base, begin, end);
      source.histograms?.copyWithin(base, begin, end);
      source.startTimes?.copyWithin(base, begin, end);
    } else {
      target.times.set(source.times.subarray(begin, end), base);
      target.values.set(source.values.subarray(begin, end), base);
      target.flags.set(source.flags.subarray(begin, end), base);
      copyHistograms(source, target, { begin, end, base });
      if (source.startTimes !== undefined) {
        target.startTimes?.set(source.startTimes.subarray(begin, end), base);
      }
    }
    this.page = target;
    this.begin = base;
    this.end = base + (end - begin);
  }
}

function copyHistograms(
  source: SamplePage,
  target: SamplePage,
  { begin, end, base }: { readonly begin: number; readonly end: number; readonly base: number },
): void {
  if (source.histograms === undefined || target.histograms === undefined) return;
  for (let index = begin; index < end; index += 1) {
    target.histograms[base + index - begin] = source.histograms[index];
  }
}

function areSameHistograms(
  left: NativeHistogram | undefined,
  right: NativeHistogram | undefined,
): boolean {
  if (left === undefined || right === undefined) return left === right;
  // Compared as text because one export repeated by a sender has equal fields in equal order.
  return JSON.stringify(left) === JSON.stringify(right);
}
