import { addExponential } from './exponential.ts';
import type { ClassicValues, ExponentialValues } from './native-histogram.ts';

const SWEEP_EVERY_MS = 60_000;

export type DeltaValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'classic'; readonly values: ClassicValues & { readonly hasSum: boolean } }
  | { readonly kind: 'exponential'; readonly values: ExponentialValues };

export interface DeltaPoint {
  /** Names the stream; equal for equal series. */
  readonly stream: string;
  readonly startTimeMs: number;
  readonly timeMs: number;
  readonly delta: DeltaValue;
}

interface Total {
  readonly startTimeMs: number;
  timeMs: number;
  touchedMs: number;
  value: DeltaValue;
}

export type DeltaOutcome =
  | { readonly startTimeMs: number; readonly value: DeltaValue }
  | 'duplicate'
  | 'delta_out_of_order'
  | 'delta_without_start_time'
  | 'max_delta_streams';

/**
 * Adds deltas up to the cumulative values that Prometheus knows, one total for each stream.
 *
 * Sums go on over a gap in time: were they to start again, a delta larger than the total so far
 * would hide the reset, and the increase would come out too small. They end with their series: a
 * counter that moves ten times an hour would otherwise begin at zero each time.
 */
export class DeltaTotals {
  readonly #totals: Map<string, Total> = new Map();
  readonly #streamsMax: number;
  #sweptMs = 0;

  constructor(streamsMax: number) {
    this.#streamsMax = streamsMax;
  }

  add(point: DeltaPoint, nowMs: number): DeltaOutcome {
    const total = this.#totals.get(point.stream);
    if (total === undefined) return this.#start(point, nowMs);
    total.touchedMs = nowMs;
    // A sender that saw no answer repeats its export.
    if (point.timeMs === total.timeMs) return 'duplicate';
    if (point.startTimeMs === 0 && total.startTimeMs > 0) return 'delta_without_start_time';
    if (point.timeMs < total.timeMs || point.startTimeMs < total.startTimeMs) {
      return 'delta_out_of_order';
    }
    total.value = addDeltas(total.value, point.delta);
    total.timeMs = point.timeMs;
    return { startTimeMs: total.startTimeMs, value: total.value };
  }

  /** Forgets streams without a delta for `keepMs()`, which is asked now and then. */
  sweep(nowMs: number, keepMs: () => number): void {
    if (nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = nowMs;
    const fromMs = nowMs - keepMs();
    for (const [stream, total] of this.#totals) {
      if (total.touchedMs < fromMs) this.#totals.delete(stream);
    }
  }

  #start(point: DeltaPoint, nowMs: number): DeltaOutcome {
    if (this.#totals.size >= this.#streamsMax) return 'max_delta_streams';
    const { startTimeMs, timeMs, delta } = point;
    this.#totals.set(point.stream, { startTimeMs, timeMs, touchedMs: nowMs, value: delta });
    return { startTimeMs, value: delta };
  }
}

/** The later value alone when the two cannot be added. */
function addDeltas(total: DeltaValue, delta: DeltaValue): DeltaValue {
  if (total.kind === 'number' && delta.kind === 'number') {
    return { kind: 'number', value: total.value + delta.value };
  }
  if (total.kind === 'exponential' && delta.kind === 'exponential') {
    return { kind: 'exponential', values: addExponential(total.values, delta.values) };
  }
  if (total.kind === 'classic' && delta.kind === 'classic') {
    const { values } = total;
    if (!haveSameNumbers(values.bounds, delta.values.bounds)) return delta;
    return {
      kind: 'classic',
      values: {
        count: values.count + delta.values.count,
        sum: values.sum + delta.values.sum,
        hasSum: values.hasSum && delta.values.hasSum,
        bounds: values.bounds,
        counts: Float64Array.from(
          values.counts,
          (count, index) => count + (delta.values.counts[index] ?? 0),
        ),
      },
    };
  }
  return delta;
}

export function haveSameNumbers(left: ArrayLike<number>, right: ArrayLike<number>): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
