import type { Labels } from '../../../model/labels.ts';
import { type AggregationKernel, GroupColumns } from '../../kernels/aggregation.ts';
import { groupRule } from '../../kernels/matching.ts';
import { type Tick, VectorNode } from '../node.ts';
import { SlotGroups } from './groups.ts';

/** An aggregation over groups that are known before the samples are. */
export class AggregateNode extends VectorNode {
  readonly #input: VectorNode;
  readonly #groups: SlotGroups;
  readonly #isNameRemovalDelayed: boolean;
  readonly #slotByKey: Map<string, number> = new Map();
  readonly #kernel: AggregationKernel;
  readonly #columns: GroupColumns = new GroupColumns(8);

  constructor(
    input: VectorNode,
    kernel: AggregationKernel,
    clause: {
      readonly grouping: readonly string[];
      readonly isWithout: boolean;
      readonly isNameRemovalDelayed: boolean;
    },
  ) {
    super(clause.isWithout || !clause.grouping.includes('__name__'));
    this.#input = input;
    this.#isNameRemovalDelayed = clause.isNameRemovalDelayed;
    this.#groups = new SlotGroups(input, groupRule(clause.grouping, clause.isWithout));
    this.#kernel = kernel;
  }

  protected override run(tick: Tick): void {
    this.#input.evaluate(tick);
    this.#sync();
    const columns = this.#columns;
    const groupCount = this.slotCount;
    columns.start(groupCount);
    const { present, values } = this.#input;
    const { ordinals } = this.#groups;
    const { add, result } = this.#kernel;
    const count = this.#input.slotCount;
    for (let slot = 0; slot < count; slot += 1) {
      if (present[slot] === 0) continue;
      const group = ordinals[slot] ?? 0;
      add(columns, group, values[slot] ?? 0);
    }
    if (this.#isNameRemovalDelayed) this.#passOnDroppedNames();
    for (let group = 0; group < groupCount; group += 1) {
      const isPresent = (columns.counts[group] ?? 0) > 0;
      this.present[group] = isPresent ? 1 : 0;
      if (isPresent) this.values[group] = result(columns, group);
    }
  }

  /** A group drops its name when any of its samples does, which may differ from tick to tick. */
  #passOnDroppedNames(): void {
    const { present, dropsName, slotCount } = this.#input;
    const drops = new Uint8Array(this.slotCount);
    for (let slot = 0; slot < slotCount; slot += 1) {
      if (present[slot] === 1 && dropsName[slot] === true) {
        drops[this.#groups.ordinals[slot] ?? 0] = 1;
      }
    }
    let isChanged = false;
    for (let group = 0; group < drops.length; group += 1) {
      const isDropped = drops[group] === 1;
      if (this.dropsName[group] === isDropped) continue;
      this.dropsName[group] = isDropped;
      isChanged = true;
    }
    // Readers have taken over the old answer.
    if (isChanged) this.generation += 1;
  }

  #sync(): void {
    if (this.#groups.isRenewed()) {
      this.#slotByKey.clear();
      this.clearSlots();
    }
    this.#groups.extend((labels) => this.#groupOf(labels));
  }

  #groupOf(labels: Labels): number {
    let slot = this.#slotByKey.get(labels.key);
    if (slot === undefined) {
      slot = this.addSlot(labels, false);
      this.#slotByKey.set(labels.key, slot);
    }
    return slot;
  }
}
