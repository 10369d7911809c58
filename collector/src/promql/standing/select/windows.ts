import { FLAG_STALE } from '../../series-source.ts';
import { grown, IrregularData } from '../node.ts';
import { firstAfter } from './instant.ts';
import type { LiveColumns } from './live-source.ts';

const UNKNOWN = -1;

/** The samples after `startMs`, up to and including `endMs`. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The window of a range selector over each member, moved from tick to tick: only samples that come
 * or go are looked at. What a window holds is counted, so that a rate without a counter reset needs
 * no more than the first and the last sample.
 *
 * `move` leaves the window of one member in `from`, `to` (indexes into the columns), `flagged`
 * (stale markers and histograms) and `drops` (samples lower than the one before).
 */
export class Windows {
  from = 0;
  to = 0;
  flagged = 0;
  drops = 0;
  /** Whether the last `move` found the very samples of the one before. */
  isUnchanged = false;
  /** Whether the last `move` read the window again; everything in it counts as added then. */
  isRestarted = false;
  /** The samples that came: from here up to `to`. */
  addedFrom = 0;
  /** The samples that went: from here up to `from`. */
  droppedFrom = 0;
  /** Numbers of samples, which stay the same when storage moves them. */
  #from: Float64Array = new Float64Array(8).fill(UNKNOWN);
  #to: Float64Array = new Float64Array(8);
  #revisions: Float64Array = new Float64Array(8);
  #flagged: Int32Array = new Int32Array(8);
  #drops: Int32Array = new Int32Array(8);
  #lastEndMs = Number.NEGATIVE_INFINITY;

  /** Starts a tick; a tick that goes back in time starts over. */
  start(endMs: number, count: number): void {
    if (endMs < this.#lastEndMs) this.clear();
    this.#lastEndMs = endMs;
    if (count > this.#from.length) this.#grow(count * 2);
  }

  clear(): void {
    this.#from.fill(UNKNOWN);
  }

  /** Moves the window of a member to `(startMs, endMs]`. */
  move(slot: number, ring: LiveColumns, { startMs, endMs }: Range): void {
    const shift = ring.begin - ring.evicted;
    const knownFrom = this.#from[slot] ?? UNKNOWN;
    const knownTo = this.#to[slot] ?? 0;
    this.from = knownFrom + shift;
    this.to = knownTo + shift;
    this.flagged = this.#flagged[slot] ?? 0;
    this.drops = this.#drops[slot] ?? 0;
    const isKnown = knownFrom !== UNKNOWN && this.#revisions[slot] === ring.revision;
    this.isRestarted = !isKnown || this.from < ring.begin;
    if (this.isRestarted) this.#startOver(slot, ring, startMs);
    this.addedFrom = this.to;
    this.droppedFrom = this.from;
    this.#take(ring, endMs);
    this.#shed(ring, startMs);
    const from = this.from - shift;
    const to = this.to - shift;
    this.isUnchanged = !this.isRestarted && from === knownFrom && to === knownTo;
    this.#from[slot] = from;
    this.#to[slot] = to;
    this.#flagged[slot] = this.flagged;
    this.#drops[slot] = this.drops;
  }

  #startOver(slot: number, ring: LiveColumns, startMs: number): void {
    this.from = firstAfter(ring, startMs);
    this.to = this.from;
    this.flagged = 0;
    this.drops = 0;
    this.#revisions[slot] = ring.revision;
  }

  /** Takes in the samples up to `endMs`. */
  #take({ page, end }: LiveColumns, endMs: number): void {
    const { times, values, flags } = page;
    let { to } = this;
    while (to < end && at(times, to) <= endMs) {
      if (flags[to] !== 0) this.flagged += 1;
      if (to > this.from && at(values, to) < at(values, to - 1)) this.drops += 1;
      to += 1;
    }
    this.to = to;
  }

  /** Lets go of the samples up to `startMs`. */
  #shed({ page }: LiveColumns, startMs: number): void {
    const { times, values, flags } = page;
    let { from } = this;
    while (from < this.to && at(times, from) <= startMs) {
      if (flags[from] !== 0) this.flagged -= 1;
      from += 1;
      if (from < this.to && at(values, from) < at(values, from - 1)) this.drops -= 1;
    }
    this.from = from;
  }

  #grow(capacity: number): void {
    this.#from = grown(this.#from, new Float64Array(capacity).fill(UNKNOWN));
    this.#to = grown(this.#to, new Float64Array(capacity));
    this.#revisions = grown(this.#revisions, new Float64Array(capacity));
    this.#flagged = grown(this.#flagged, new Int32Array(capacity));
    this.#drops = grown(this.#drops, new Int32Array(capacity));
  }
}

/** Samples of a window, as indexes into columns. */
export interface Run {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

function at(column: Float64Array, index: number): number {
  return column[index] ?? 0;
}

/**
 * The samples of a window without its stale markers, copied.
 *
 * @throws {IrregularData} when the window holds a histogram.
 */
export function withoutMarkers({ page }: LiveColumns, from: number, to: number): Run {
  const times = new Float64Array(to - from);
  const values = new Float64Array(to - from);
  let count = 0;
  for (let index = from; index < to; index += 1) {
    const flags = page.flags[index] ?? 0;
    if (flags > FLAG_STALE) throw new IrregularData('histogram');
    if (flags !== 0) continue;
    times[count] = at(page.times, index);
    values[count] = at(page.values, index);
    count += 1;
  }
  return { times, values, from: 0, to: count };
}
