import type { Naming } from '../naming.ts';
import { SameLabels, SlotReader, type Tick, VectorNode } from '../node.ts';

/** Prepares one tick: answers the function that gives each value, `undefined` for none. */
export type MapAt = (tick: Tick) => (value: number) => number | undefined;

export interface MapNaming {
  readonly name: Naming;
  /** Whether names are changed by more than dropping the metric name. */
  readonly mayClash?: boolean;
}

/** A node with one slot for each slot of its input: functions, and operators with a scalar. */
export class MapNode extends VectorNode {
  readonly #input: VectorNode;
  readonly #reader: SlotReader;
  readonly #mapAt: MapAt;
  readonly #name: Naming;
  readonly #sameLabels: SameLabels | undefined;

  constructor(input: VectorNode, mapAt: MapAt, { name, mayClash = false }: MapNaming) {
    const isUnique = input.isUniqueWithoutName && !mayClash;
    super(isUnique);
    this.#input = input;
    this.#reader = new SlotReader(input);
    this.#mapAt = mapAt;
    this.#name = name;
    this.#sameLabels = isUnique ? undefined : new SameLabels();
  }

  protected override run(tick: Tick): void {
    const input = this.#input;
    input.evaluate(tick);
    this.#sync();
    const map = this.#mapAt(tick);
    const { present, values } = this;
    const count = this.slotCount;
    for (let slot = 0; slot < count; slot += 1) {
      present[slot] = 0;
      if (input.present[slot] === 0) continue;
      const value = map(input.values[slot] ?? 0);
      if (value === undefined) continue;
      present[slot] = 1;
      values[slot] = value;
    }
    this.#sameLabels?.check(present);
  }

  #sync(): void {
    if (this.#reader.isRenewed()) {
      this.clearSlots();
      this.#sameLabels?.clear();
    }
    const { labels, dropsName } = this.#input;
    for (let slot = this.#reader.firstNew(); slot < labels.length; slot += 1) {
      const own = labels[slot];
      if (own === undefined) continue;
      const named = this.#name(own, dropsName[slot] === true);
      this.addSlot(named.labels, named.dropsName);
      this.#sameLabels?.add(slot, named.labels);
    }
  }
}
