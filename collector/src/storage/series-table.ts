import type { Labels } from '../model/labels.ts';

import type { SeriesReference, StoredSeries } from './stored-series.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Slots at most; a reference is `slot + generation * SLOTS`. */
const SLOTS = 2 ** 22;

/**
 * Series by reference and by labels.
 *
 * Labels are found by a hash over symbol numbers rather than by a joined key, which would cost
 * more memory than the samples of a short window.
 */
export class SeriesTable {
  readonly #slots: (StoredSeries | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #freeSlots: number[] = [];
  readonly #buckets: Map<number, StoredSeries> = new Map();
  #size = 0;
  #cursor = 0;

  get size(): number {
    return this.#size;
  }

  get(reference: SeriesReference): StoredSeries | undefined {
    const series = this.#slots[reference % SLOTS];
    return series?.reference === reference ? series : undefined;
  }

  find(labels: Labels, symbols: SymbolTable): StoredSeries | undefined {
    const hash = hashLabels(labels, symbols);
    if (hash === undefined) return undefined;
    let series = this.#buckets.get(hash);
    while (series !== undefined && !haveSameText(series.labels, labels)) {
      series = series.nextInBucket;
    }
    return series;
  }

  /** A reference for a series that `put` stores next. */
  nextReference(): SeriesReference {
    const slot = this.#freeSlots.pop() ?? this.#slots.push(undefined) - 1;
    return slot + (this.#generations[slot] ?? 0) * SLOTS;
  }

  put(series: StoredSeries, symbols: SymbolTable): void {
    const hash = hashLabels(series.labels, symbols);
    if (hash === undefined) return;
    series.nextInBucket = this.#buckets.get(hash);
    this.#buckets.set(hash, series);
    this.#slots[series.reference % SLOTS] = series;
    this.#size += 1;
  }

  remove(series: StoredSeries, symbols: SymbolTable): void {
    const hash = hashLabels(series.labels, symbols);
    if (hash !== undefined) this.#unlink(series, hash);
    const slot = series.reference % SLOTS;
    this.#slots[slot] = undefined;
    this.#generations[slot] = Math.floor(series.reference / SLOTS) + 1;
    this.#freeSlots.push(slot);
    this.#size -= 1;
  }

  *values(): Generator<StoredSeries> {
    for (const series of this.#slots) if (series !== undefined) yield series;
  }

  /** The next `count` slots' series, going round; one call sees no series twice. */
  nextChunk(count: number): StoredSeries[] {
    const chunk: StoredSeries[] = [];
    const slots = this.#slots.length;
    for (let seen = 0; seen < Math.min(count, slots); seen += 1) {
      this.#cursor = this.#cursor + 1 >= slots ? 0 : this.#cursor + 1;
      const series = this.#slots[this.#cursor];
      if (series !== undefined) chunk.push(series);
    }
    return chunk;
  }

  #unlink(series: StoredSeries, hash: number): void {
    const head = this.#buckets.get(hash);
    if (head === series) {
      if (series.nextInBucket === undefined) this.#buckets.delete(hash);
      else this.#buckets.set(hash, series.nextInBucket);
      return;
    }
    let previous = head;
    while (previous !== undefined && previous.nextInBucket !== series) {
      previous = previous.nextInBucket;
    }
    if (previous !== undefined) previous.nextInBucket = series.nextInBucket;
  }
}

/** FNV-1a over symbol numbers; `undefined` when a text is unknown, so that no series has it. */
function hashLabels({ flat }: Labels, symbols: SymbolTable): number | undefined {
  let hash = 0x811c9dc5;
  for (const text of flat) {
    const id = symbols.find(text);
    if (id === 0) return undefined;
    hash = Math.imul(hash ^ id, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function haveSameText(left: Labels, right: Labels): boolean {
  if (left.flat.length !== right.flat.length) return false;
  return left.flat.every((text, index) => text === right.flat[index]);
}
