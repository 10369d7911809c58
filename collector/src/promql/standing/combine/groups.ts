import type { Labels } from '../../../model/labels.ts';
import { grown, SlotReader, type VectorNode } from '../node.ts';

/** The ordinal of the group of each slot of a node, found once when the slot is made. */
export class SlotGroups {
  ordinals: Int32Array = new Int32Array(8);
  readonly #reader: SlotReader;
  readonly #labelsOf: (labels: Labels) => Labels;

  constructor(node: VectorNode, labelsOf: (labels: Labels) => Labels) {
    this.#reader = new SlotReader(node);
    this.#labelsOf = labelsOf;
  }

  /** Whether all slots have to be grouped again. */
  isRenewed(): boolean {
    return this.#reader.isRenewed();
  }

  /** Groups the new slots; `ordinalOf` gives a group its ordinal. */
  extend(ordinalOf: (groupLabels: Labels) => number): void {
    const { node } = this.#reader;
    const count = node.slotCount;
    let slot = this.#reader.firstNew();
    if (count > this.ordinals.length) {
      this.ordinals = grown(this.ordinals, new Int32Array(count * 2));
    }
    for (; slot < count; slot += 1) {
      const labels = node.labels[slot];
      if (labels !== undefined) this.ordinals[slot] = ordinalOf(this.#labelsOf(labels));
    }
  }

  /** Groups all slots again at the next tick. */
  reset(): void {
    this.#reader.reset();
  }
}

/** Numbers groups in the order in which they are first seen. */
export class GroupOrdinals {
  readonly #byKey: Map<string, number> = new Map();

  get size(): number {
    return this.#byKey.size;
  }

  clear(): void {
    this.#byKey.clear();
  }

  of({ key }: Labels): number {
    let ordinal = this.#byKey.get(key);
    if (ordinal === undefined) {
      ordinal = this.#byKey.size;
      this.#byKey.set(key, ordinal);
    }
    return ordinal;
  }
}
