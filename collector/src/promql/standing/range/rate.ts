import type { Labels } from '../../../model/labels.ts';
import type { Annotation } from '../../eval/annotations.ts';
import type { Naming } from '../naming.ts';
import { IrregularData, type Tick } from '../node.ts';
import type { LiveColumns, LiveSeries } from '../select/live-source.ts';
import { MemberNode } from '../select/member-node.ts';
import type { Members } from '../select/members.ts';
import { type Range, type Run, Windows, withoutMarkers } from '../select/windows.ts';

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
  /** Slots of series that are no counters by the look of them, by annotation. */
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
    const range = { startMs: endMs - rangeMs, endMs };
    const { present, values } = this;
    this.#windows.start(endMs, series.length);
    for (let slot = 0; slot < series.length; slot += 1) {
      const ring = series[slot]?.ring;
      if (ring === undefined) {
        present[slot] = 0;
        continue;
      }
      this.#windows.move(slot, ring, range);
      const value = this.#valueOf(ring, range);
      present[slot] = value === undefined ? 0 : 1;
      values[slot] = value ?? 0;
    }
  }

  #valueOf(ring: LiveColumns, range: Range): number | undefined {
    const { from, to, flagged, drops } = this.#windows;
    const { page } = ring;
    if (page.startTimes !== undefined && this.#options.usesStartTimes && to > from) {
      throw new IrregularData('start timestamps');
    }
    if (to - from < 2) {
      if (flagged > 0) withoutMarkers(ring, from, to);
      return undefined;
    }
    if (flagged > 0) return this.#valueOfRun(withoutMarkers(ring, from, to), range);
    let change = (page.values[to - 1] ?? 0) - (page.values[from] ?? 0);
    if (drops > 0 && this.#isCounter) {
      change = addLosses(change, { times: page.times, values: page.values, from, to });
    }
    return this.#extrapolate(change, { times: page.times, values: page.values, from, to }, range);
  }

  #valueOfRun(run: Run, range: Range): number | undefined {
    if (run.to < 2) return undefined;
    const change = (run.values[run.to - 1] ?? 0) - (run.values[0] ?? 0);
    return this.#extrapolate(this.#isCounter ? addLosses(change, run) : change, run, range);
  }

  /**
   * Stretches the change between the first and the last sample over the range, step by step as
   * Prometheus does it (`extrapolatedRate` in promql/functions.go), for equal bits.
   */
  #extrapolate(change: number, { times, values, from, to }: Run, range: Range): number {
    const firstMs = times[from] ?? 0;
    const lastMs = times[to - 1] ?? 0;
    const sampledSeconds = (lastMs - firstMs) / 1000;
    const averageSeconds = sampledSeconds / (to - 1 - from);
    const thresholdSeconds = averageSeconds * 1.1;
    let toStart = (firstMs - range.startMs) / 1000;
    if (toStart >= thresholdSeconds) toStart = averageSeconds / 2;
    const first = values[from] ?? 0;
    if (this.#isCounter && change > 0 && first >= 0) {
      const toZero = sampledSeconds * (first / change);
      if (toZero < toStart) toStart = toZero;
    }
    let toEnd = (range.endMs - lastMs) / 1000;
    if (toEnd >= thresholdSeconds) toEnd = averageSeconds / 2;
    const factor = (sampledSeconds + toStart + toEnd) / sampledSeconds;
    return change * (this.#isPerSecond ? factor / (this.#options.rangeMs / 1000) : factor);
  }
}

/** What a counter had reached before each of its resets is added to its change. */
function addLosses(change: number, { values, from, to }: Run): number {
  let total = change;
  for (let at = from + 1; at < to; at += 1) {
    const previous = values[at - 1] ?? 0;
    if ((values[at] ?? 0) < previous) total += previous;
  }
  return total;
}
