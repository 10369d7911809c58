import { textKey } from '@telltale/core';

import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { Labels } from '../../../model/labels.ts';
import type { RangeCall, RangeFunction } from '../../functions/range-function.ts';
import { RangeWindow } from '../../functions/range-window.ts';
import { IrregularData, type ScalarNode, type Tick } from '../node.ts';
import type { LiveColumns, LiveSeries } from '../select/live-source.ts';
import { MemberNode } from '../select/member-node.ts';
import type { Members } from '../select/members.ts';
import { type Range, type Run, Windows, withoutMarkers } from '../select/windows.ts';
import type { RangeOptions } from './rate.ts';
import type { Shortcut } from './shortcuts.ts';

const NO_POSITION = { start: 0, end: 0 };
const NO_HISTOGRAMS = { times: [], values: [] as NativeHistogram[], from: 0, to: 0 };

/** A function of a range selector, and which scalars stand beside its range. */
export interface RangeComputation {
  readonly compute: RangeFunction;
  readonly scalars: readonly ScalarNode[];
  /** Whether the answer depends on nothing but the samples, so that an equal window spares it. */
  readonly isOfSamplesOnly: boolean;
  /** A way to spare reading the window. */
  readonly shortcut: Shortcut | undefined;
}

/**
 * Any function of a range selector, computed by the general evaluator's own function over the
 * window; what is saved is finding the series, their labels and the ends of the window.
 */
export class RangeFunctionNode extends MemberNode {
  readonly #computation: RangeComputation;
  readonly #options: RangeOptions;
  readonly #windows: Windows = new Windows();
  #scalarKey = '';

  constructor(members: Members, computation: RangeComputation, options: RangeOptions) {
    super(members, options.name);
    this.#computation = computation;
    this.#options = options;
  }

  protected override clearMembers(): void {
    this.#windows.clear();
  }

  protected override runMembers(tick: Tick, series: readonly (LiveSeries | undefined)[]): void {
    try {
      this.#compute(tick, series);
    } catch (error) {
      // Windows have moved on past values that were not computed: read them again next time.
      this.#windows.clear();
      throw error;
    }
  }

  #compute(tick: Tick, series: readonly (LiveSeries | undefined)[]): void {
    const { rangeMs, offsetMs } = this.#options;
    const endMs = tick.timeMs - offsetMs;
    const range = { startMs: endMs - rangeMs, endMs };
    const call = this.#callAt(tick);
    const times = { ...range, evaluationMs: tick.timeMs };
    const mayReuse = this.#mayReuse(call);
    this.#windows.start(endMs, series.length);
    for (let slot = 0; slot < series.length; slot += 1) {
      const ring = series[slot]?.ring;
      if (ring === undefined) {
        this.present[slot] = 0;
        continue;
      }
      this.#windows.move(slot, ring, range);
      if (mayReuse && this.#windows.isUnchanged) continue;
      this.#set(slot, this.#shortcutValue(slot, ring) ?? this.#valueOf(ring, times, call));
    }
  }

  #set(slot: number, value: number | undefined): void {
    this.present[slot] = value === undefined ? 0 : 1;
    this.values[slot] = value ?? 0;
  }

  #shortcutValue(slot: number, { page }: LiveColumns): number | undefined {
    const { shortcut } = this.#computation;
    if (shortcut === undefined) return undefined;
    shortcut.update(slot, page.values, this.#windows);
    const { from, to, flagged } = this.#windows;
    const isStarted = page.startTimes !== undefined && this.#options.usesStartTimes;
    if (flagged > 0 || from === to || isStarted) return undefined;
    return shortcut.valueOf(slot, page.values, this.#windows);
  }

  #callAt(tick: Tick): RangeCall {
    const scalars = this.#computation.scalars.map((node) => node.evaluate(tick));
    return {
      scalars,
      metricName: '',
      position: NO_POSITION,
      extension: 'none',
      annotate: () => {
        throw new IrregularData('annotation');
      },
    };
  }

  #mayReuse({ scalars }: RangeCall): boolean {
    const key = textKey(scalars.map(String));
    const isSame = key === this.#scalarKey;
    this.#scalarKey = key;
    return isSame && this.#computation.isOfSamplesOnly;
  }

  #valueOf(
    ring: LiveColumns,
    times: Range & { readonly evaluationMs: number },
    call: RangeCall,
  ): number | undefined {
    const { from, to, flagged } = this.#windows;
    const { page } = ring;
    if (page.startTimes !== undefined && this.#options.usesStartTimes && to > from) {
      throw new IrregularData('start timestamps');
    }
    const run: Run =
      flagged > 0
        ? withoutMarkers(ring, from, to)
        : { times: page.times, values: page.values, from, to };
    if (run.to === run.from) return undefined;
    const result = this.#computation.compute(windowOf(run, this.#options.rangeMs, times), call);
    if (typeof result === 'object') throw new IrregularData('histogram');
    return result;
  }
}

function windowOf(
  run: Run,
  rangeMs: number,
  times: Range & { readonly evaluationMs: number },
): RangeWindow {
  const series = {
    labels: Labels.EMPTY,
    dropsName: false,
    floats: run,
    histograms: NO_HISTOGRAMS,
  };
  const window = new RangeWindow(series, rangeMs);
  window.floats.to = run.to;
  window.startMs = times.startMs;
  window.endMs = times.endMs;
  window.evaluationMs = times.evaluationMs;
  return window;
}
