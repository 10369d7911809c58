import type { Labels } from '../../../model/labels.ts';
import type { Annotation } from '../../annotations.ts';
import {
  addLosses,
  extrapolationFactor,
  type RateBounds,
  shareFromZero,
} from '../../kernels/rate.ts';
import type { Naming } from '../naming.ts';
import { IrregularData, type Tick } from '../node.ts';
import type { LiveColumns, LiveSeries } from '../select/live-source.ts';
import { MemberNode } from '../select/member-node.ts';
import type { Members } from '../select/members.ts';
import { type Run, Windows, withoutMarkers } from '../select/windows.ts';

export interface RangeOptions {
  readonly rangeMs: number;
  readonly offsetMs: number;
  /** What happens to the metric name. */
  readonly name: Naming;
  /** Start timestamps change the answer, which only the general evaluator knows. */
  readonly usesStartTimes: boolean;
}

/** Says what is odd about a series under `rate` or `increase`, such as the name of a gauge. */
export type CounterCheck = (labels: Labels) => Annotation | undefined;

export type RateFunction = 'rate' | 'increase' | 'delta';

/** `rate`, `increase` or `delta` of a range selector, from the ends of each window. */
export class RateNode extends MemberNode {
  readonly #isCounter: boolean;
  readonly #isPerSecond: boolean;
  readonly #options: RangeOptions;
  readonly #windows: Windows = new Windows();
  readonly #check: CounterCheck | undefined;
  /** Slots of series that do not look like counters, by annotation. */
  readonly #doubtful: Map<string, { annotation: Annotation; slots: number[] }> = new Map();

  constructor(
    members: Members,
    functionName: RateFunction,
    options: RangeOptions & { readonly check: CounterCheck | undefined },
  ) {
    super(members, options.name);
    this.#check = options.check;
    this.#isCounter = functionName !== 'delta';
    this.#isPerSecond = functionName === 'rate';
    this.#options = options;
  }

  /** What is to be said about the series that had a sample at the last tick. */
  get annotations(): readonly Annotation[] {
    const found: Annotation[] = [];
    for (const { annotation, slots } of this.#doubtful.values()) {
      if (slots.some((slot) => this.present[slot] === 1)) found.push(annotation);
    }
    return found;
  }

  protected override clearMembers(): void {
    this.#windows.clear();
    this.#doubtful.clear();
  }

  protected override addMember(slot: number, labels: Labels): void {
    const annotation = this.#check?.(labels);
    if (annotation === undefined) return;
    const known = this.#doubtful.get(annotation.text);
    if (known === undefined) this.#doubtful.set(annotation.text, { annotation, slots: [slot] });
    else known.slots.push(slot);
  }

  protected override runMembers(tick: Tick, series: readonly (LiveSeries | undefined)[]): void {
    const { rangeMs, offsetMs } = this.#options;
    const endMs = tick.timeMs - offsetMs;
    const bounds: RateBounds = {
      startMs: endMs - rangeMs,
      endMs,
      rangeMs,
      isPerSecond: this.#isPerSecond,
      counterStartMs: undefined,
    };
    const { present, values } = this;
    this.#windows.start(endMs, series.length);
    for (let slot = 0; slot < series.length; slot += 1) {
      const ring = series[slot]?.ring;
      if (ring === undefined) {
        present[slot] = 0;
        continue;
      }
      this.#windows.move(slot, ring, bounds);
      const value = this.#valueOf(ring, bounds);
      present[slot] = value === undefined ? 0 : 1;
      values[slot] = value ?? 0;
    }
  }

  #valueOf(ring: LiveColumns, bounds: RateBounds): number | undefined {
    const { from, to, flagged, drops } = this.#windows;
    const { page } = ring;
    if (page.startTimes !== undefined && this.#options.usesStartTimes && to > from) {
      throw new IrregularData('start timestamps');
    }
    if (to - from < 2) {
      if (flagged > 0) withoutMarkers(ring, from, to);
      return undefined;
    }
    if (flagged > 0) {
      const run = withoutMarkers(ring, from, to);
      return run.to < 2 ? undefined : this.#rateOf(run, bounds, true);
    }
    return this.#rateOf({ times: page.times, values: page.values, from, to }, bounds, drops > 0);
  }

  #rateOf(run: Run, bounds: RateBounds, mayHaveLosses: boolean): number {
    const first = run.values[run.from] ?? 0;
    let change = (run.values[run.to - 1] ?? 0) - first;
    if (this.#isCounter && mayHaveLosses) change = addLosses(change, run);
    const zeroShare = this.#isCounter ? shareFromZero(first, change) : Number.NaN;
    return change * extrapolationFactor(run, bounds, zeroShare);
  }
}
