import { FLAG_STALE } from '../../series-source.ts';
import { keepName, type Naming } from '../naming.ts';
import { IrregularData, type Tick } from '../node.ts';
import type { LiveColumns, LiveSeries } from './live-source.ts';
import { MemberNode } from './member-node.ts';
import type { Members } from './members.ts';

export interface InstantOptions {
  readonly offsetMs: number;
  readonly lookbackMs: number;
}

/** An instant selector: the newest sample of `(t - lookback, t]`, unless it is a stale marker. */
export class InstantNode extends MemberNode {
  readonly #options: InstantOptions;

  constructor(members: Members, options: InstantOptions) {
    super(members, keepName);
    this.#options = options;
  }

  protected override runMembers(tick: Tick, series: readonly (LiveSeries | undefined)[]): void {
    const referenceMs = tick.timeMs - this.#options.offsetMs;
    const oldestMs = referenceMs - this.#options.lookbackMs;
    const { present, values } = this;
    for (let slot = 0; slot < series.length; slot += 1) {
      present[slot] = 0;
      const ring = series[slot]?.ring;
      if (ring === undefined) continue;
      const at = newestAt(ring, referenceMs);
      if (at < 0 || (ring.page.times[at] ?? 0) <= oldestMs) continue;
      const flags = ring.page.flags[at] ?? 0;
      if (flags > FLAG_STALE) throw new IrregularData('histogram');
      present[slot] = flags === 0 ? 1 : 0;
      values[slot] = ring.page.values[at] ?? 0;
    }
  }
}

/** `timestamp()` of an instant selector: the time of the sample, in seconds. */
export class TimestampNode extends MemberNode {
  readonly #options: InstantOptions;

  constructor(members: Members, options: InstantOptions & { readonly name: Naming }) {
    super(members, options.name);
    this.#options = options;
  }

  protected override runMembers(tick: Tick, series: readonly (LiveSeries | undefined)[]): void {
    const referenceMs = tick.timeMs - this.#options.offsetMs;
    const oldestMs = referenceMs - this.#options.lookbackMs;
    for (const [slot, member] of series.entries()) {
      this.present[slot] = 0;
      const ring = member?.ring;
      if (ring === undefined) continue;
      const at = newestAt(ring, referenceMs);
      const timeMs = ring.page.times[at] ?? 0;
      if (at < 0 || timeMs <= oldestMs || (ring.page.flags[at] ?? 0) === FLAG_STALE) continue;
      this.present[slot] = 1;
      this.values[slot] = timeMs / 1000;
    }
  }
}

/** The index of the newest sample at or before the time, -1 when there is none. */
function newestAt(ring: LiveColumns, timeMs: number): number {
  const { begin, end } = ring;
  const { times } = ring.page;
  if (end > begin && (times[end - 1] ?? 0) <= timeMs) return end - 1;
  const after = firstAfter(ring, timeMs);
  return after === begin ? -1 : after - 1;
}

/** The index of the first sample after the time, `end` when there is none. */
export function firstAfter({ page, begin, end }: LiveColumns, timeMs: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page.times[middle] ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
