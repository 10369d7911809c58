import type { Labels } from '../../model/labels.ts';

/** Told once a tick to every node: what the nodes of one evaluation share. */
export interface Tick {
  /** Differs between two ticks even when their times are equal. */
  readonly id: number;
  readonly timeMs: number;
}

/**
 * Thrown by a node that meets data it has no fast way for: histograms, equal label sets, ambiguous
 * matches. The general evaluator then answers, with the errors and annotations that belong to it.
 */
export class IrregularData extends Error {
  override readonly name = 'IrregularData';
}

/** A number at each tick. */
export interface ScalarNode {
  readonly kind: 'scalar';
  evaluate(tick: Tick): number;
}

const CAPACITY_MIN = 8;

/**
 * A vector at each tick, as columns. A slot stands for one label set that may have a sample; it is
 * made once, when the series behind it appears, and keeps its labels. `present` tells whether it
 * has a sample at the last tick, `values` which.
 *
 * Slots are only added, until `generation` changes and all of them are made again. A reader of a
 * node keeps the generation and how many slots it has seen (`SlotReader`).
 */
export abstract class VectorNode {
  readonly kind = 'vector';
  readonly labels: Labels[] = [];
  /** The metric name goes when the query ends (only when name removal is delayed). */
  readonly dropsName: boolean[] = [];
  generation = 0;
  /** Metric names whose samples decide the values; absent when any may. */
  reads: ReadonlySet<string> | undefined;
  /** Whether no two slots with samples can be equal once the metric name is dropped. */
  readonly isUniqueWithoutName: boolean;
  values: Float64Array = new Float64Array(CAPACITY_MIN);
  present: Uint8Array = new Uint8Array(CAPACITY_MIN);
  #tickId = -1;

  constructor(isUniqueWithoutName: boolean) {
    this.isUniqueWithoutName = isUniqueWithoutName;
  }

  get slotCount(): number {
    return this.labels.length;
  }

  /** Brings `values` and `present` to the tick; free when they are there already. */
  evaluate(tick: Tick): void {
    if (this.#tickId === tick.id) return;
    this.run(tick);
    this.#tickId = tick.id;
  }

  /** Forgets that the tick was evaluated, because samples were written since. */
  invalidate(): void {
    this.#tickId = -1;
  }

  protected abstract run(tick: Tick): void;

  /** Adds a slot without a sample. */
  protected addSlot(labels: Labels, dropsName: boolean): number {
    const slot = this.labels.length;
    this.labels.push(labels);
    this.dropsName.push(dropsName);
    if (slot >= this.values.length) {
      this.values = grown(this.values, new Float64Array(slot * 2));
      this.present = grown(this.present, new Uint8Array(slot * 2));
    }
    this.present[slot] = 0;
    return slot;
  }

  protected clearSlots(): void {
    this.labels.length = 0;
    this.dropsName.length = 0;
    this.generation += 1;
  }
}

export type Node = ScalarNode | VectorNode;

/** `larger` with the content of `column` in front. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

/** Follows the slots of a node: which of them are new, and whether all have to be read again. */
export class SlotReader {
  readonly node: VectorNode;
  #generation = -1;
  #seen = 0;

  constructor(node: VectorNode) {
    this.node = node;
  }

  /** Whether the slots were made again since the last call, so that everything known is void. */
  isRenewed(): boolean {
    if (this.#generation === this.node.generation) return false;
    this.#generation = this.node.generation;
    this.#seen = 0;
    return true;
  }

  /** The first slot not seen before; call it once, after `isRenewed`, then read to the end. */
  firstNew(): number {
    const first = this.#seen;
    this.#seen = this.node.slotCount;
    return first;
  }

  /** Reads all slots again at the next tick. */
  reset(): void {
    this.#generation = -1;
  }
}

/**
 * Slots with equal labels. They are fine as long as at most one of them has a sample, as when a
 * series goes and comes back; two samples are an error that the general evaluator words.
 */
export class SameLabels {
  readonly #firstByKey: Map<string, number> = new Map();
  readonly #slotsByKey: Map<string, number[]> = new Map();

  add(slot: number, { key }: Labels): void {
    const first = this.#firstByKey.get(key);
    if (first === undefined) {
      this.#firstByKey.set(key, slot);
      return;
    }
    const slots = this.#slotsByKey.get(key);
    if (slots === undefined) this.#slotsByKey.set(key, [first, slot]);
    else slots.push(slot);
  }

  clear(): void {
    this.#firstByKey.clear();
    this.#slotsByKey.clear();
  }

  /** @throws {IrregularData} when two slots with equal labels have a sample. */
  check(present: Uint8Array): void {
    for (const slots of this.#slotsByKey.values()) {
      let count = 0;
      for (const slot of slots) count += present[slot] ?? 0;
      if (count > 1) throw new IrregularData('equal label sets');
    }
  }
}
