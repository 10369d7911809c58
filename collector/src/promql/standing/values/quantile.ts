import type { Labels } from '../../../model/labels.ts';
import { type Annotation, forcedMonotonicity } from '../../annotations.ts';
import type { Position } from '../../ast.ts';
import { parseBound } from '../../eval/calls/histogram-groups.ts';
import { type ClassicBucket, classicQuantile } from '../../functions/classic-histogram.ts';
import { bucketQuantile } from '../../kernels/bucket-quantile.ts';
import type { Naming } from '../naming.ts';
import {
  IrregularData,
  SameLabels,
  type ScalarNode,
  SlotReader,
  type Tick,
  VectorNode,
} from '../node.ts';

const BUCKET_LABEL = 'le';
const BUCKET_LABELS: ReadonlySet<string> = new Set([BUCKET_LABEL]);

/** Counts that rise by less than this share may have to be mended, which is done elsewhere. */
const CLEAR_RISE = 1e-9;

/** The buckets of one histogram as slots of the input, in the order of their bounds. */
interface Histogram {
  readonly slots: number[];
  readonly bounds: number[];
  /** The bare labels, for annotations. */
  readonly metricName: string;
}

export interface QuantileOptions {
  readonly name: Naming;
  /** Annotations name the metric only when names are dropped at the end. */
  readonly isNameRemovalDelayed: boolean;
  /** Of the vector argument. */
  readonly position: Position;
}

/**
 * `histogram_quantile` of classic buckets. Which slots make up which histogram, and the order of
 * their bounds, is found when the slots are made.
 */
export class QuantileNode extends VectorNode {
  annotations: Annotation[] = [];
  readonly #quantile: ScalarNode;
  readonly #input: VectorNode;
  readonly #reader: SlotReader;
  readonly #options: QuantileOptions;
  readonly #sameLabels: SameLabels = new SameLabels();
  readonly #histogramByKey: Map<string, Histogram> = new Map();
  #histograms: Histogram[] = [];
  /** Slots without a usable bound, about which the general evaluator has something to say. */
  #unbounded: number[] = [];
  #bounds: Float64Array = new Float64Array(32);
  #counts: Float64Array = new Float64Array(32);

  constructor(quantile: ScalarNode, input: VectorNode, options: QuantileOptions) {
    super(input.isUniqueWithoutName);
    this.#quantile = quantile;
    this.#input = input;
    this.#reader = new SlotReader(input);
    this.#options = options;
  }

  protected override run(tick: Tick): void {
    const quantile = this.#quantile.evaluate(tick);
    if (!(quantile >= 0 && quantile <= 1)) throw new IrregularData('invalid quantile');
    this.#input.evaluate(tick);
    this.#sync();
    this.annotations = [];
    for (const slot of this.#unbounded) {
      if (this.#input.present[slot] === 1) throw new IrregularData('bad bucket');
    }
    for (const [slot, histogram] of this.#histograms.entries()) {
      const count = this.#gather(histogram);
      this.present[slot] = count > 0 ? 1 : 0;
      if (count > 0) this.values[slot] = this.#valueOf(count, quantile, { histogram, tick });
    }
    this.#sameLabels.check(this.present);
  }

  /** Puts the bounds and counts of one histogram side by side; equal bounds are added up. */
  #gather({ slots, bounds }: Histogram): number {
    const { present, values } = this.#input;
    let count = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? 0;
      if (present[slot] === 0) continue;
      const bound = bounds[index] ?? 0;
      const value = values[slot] ?? 0;
      if (count > 0 && this.#bounds[count - 1] === bound) {
        this.#counts[count - 1] = (this.#counts[count - 1] ?? 0) + value;
        continue;
      }
      this.#bounds[count] = bound;
      this.#counts[count] = value;
      count += 1;
    }
    return count;
  }

  #valueOf(
    count: number,
    quantile: number,
    context: { readonly histogram: Histogram; readonly tick: Tick },
  ): number {
    if (this.#bounds[count - 1] !== Infinity || count < 2) return Number.NaN;
    return this.#isClearlyRising(count)
      ? bucketQuantile(quantile, { bounds: this.#bounds, counts: this.#counts }, count)
      : this.#mend(count, quantile, context);
  }

  #isClearlyRising(count: number): boolean {
    const counts = this.#counts;
    for (let index = 1; index < count; index += 1) {
      const current = counts[index] ?? 0;
      const rise = current - (counts[index - 1] ?? 0);
      if (rise !== 0 && !(rise > current * CLEAR_RISE)) return false;
    }
    return true;
  }

  #mend(
    count: number,
    quantile: number,
    { histogram, tick }: { readonly histogram: Histogram; readonly tick: Tick },
  ): number {
    const buckets: ClassicBucket[] = [];
    for (let index = 0; index < count; index += 1) {
      const upperBound = this.#bounds[index] ?? 0;
      buckets.push({ upperBound, count: this.#counts[index] ?? 0 });
    }
    const { value, forced } = classicQuantile(quantile, buckets);
    if (forced !== undefined) {
      const { isNameRemovalDelayed, position } = this.#options;
      const { timeMs } = tick;
      const mended = { ...forced, timeMsMin: timeMs, timeMsMax: timeMs, samples: 1 };
      const name = isNameRemovalDelayed ? histogram.metricName : '';
      this.annotations.push(forcedMonotonicity(mended, name, position));
    }
    return value;
  }

  #sync(): void {
    if (this.#reader.isRenewed()) {
      this.clearSlots();
      this.#histogramByKey.clear();
      this.#histograms = [];
      this.#unbounded = [];
      this.#sameLabels.clear();
    }
    const { labels } = this.#input;
    for (let slot = this.#reader.firstNew(); slot < labels.length; slot += 1) {
      const own = labels[slot];
      if (own !== undefined) this.#addBucket(slot, own);
    }
  }

  #addBucket(slot: number, labels: Labels): void {
    const bound = parseBound(labels.get(BUCKET_LABEL));
    if (bound === undefined || Number.isNaN(bound)) {
      this.#unbounded.push(slot);
      return;
    }
    const { slots, bounds } = this.#histogramOf(labels.without(BUCKET_LABELS));
    let index = bounds.length;
    while (index > 0 && (bounds[index - 1] ?? 0) > bound) index -= 1;
    bounds.splice(index, 0, bound);
    slots.splice(index, 0, slot);
    if (slots.length > this.#bounds.length) {
      this.#bounds = new Float64Array(slots.length * 2);
      this.#counts = new Float64Array(slots.length * 2);
    }
  }

  #histogramOf(labels: Labels): Histogram {
    let histogram = this.#histogramByKey.get(labels.key);
    if (histogram === undefined) {
      histogram = { slots: [], bounds: [], metricName: labels.metricName };
      this.#histogramByKey.set(labels.key, histogram);
      this.#histograms.push(histogram);
      const named = this.#options.name(labels, false);
      this.#sameLabels.add(this.addSlot(named.labels, named.dropsName), named.labels);
    }
    return histogram;
  }
}
