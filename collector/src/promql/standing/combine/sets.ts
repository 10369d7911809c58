import type { Labels } from '../../../model/labels.ts';
import type { VectorMatching } from '../../ast.ts';
import { matchRule } from '../../kernels/matching.ts';
import { SameLabels, SlotReader, type Tick, VectorNode } from '../node.ts';
import { GroupOrdinals, SlotGroups } from './groups.ts';

/** The match groups of two vectors, and which of them have a sample of one side. */
class SetGroups {
  readonly #left: SlotGroups;
  readonly #right: SlotGroups;
  readonly #ordinals: GroupOrdinals = new GroupOrdinals();
  #hasSample: Uint8Array = new Uint8Array(8);

  constructor(left: VectorNode, right: VectorNode, matching: VectorMatching) {
    this.#left = new SlotGroups(left, matchRule(matching));
    this.#right = new SlotGroups(right, matchRule(matching));
  }

  sync(): void {
    const ordinalOf = (labels: Labels): number => this.#ordinals.of(labels);
    // Groups keep their ordinals: a renewed side finds the same ones again.
    this.#left.isRenewed();
    this.#right.isRenewed();
    this.#left.extend(ordinalOf);
    this.#right.extend(ordinalOf);
    const count = this.#ordinals.size;
    if (count > this.#hasSample.length) this.#hasSample = new Uint8Array(count * 2);
  }

  /** By group, whether the side has a sample. */
  mark(side: 'left' | 'right', node: VectorNode): Uint8Array {
    const { ordinals } = side === 'left' ? this.#left : this.#right;
    this.#hasSample.fill(0);
    for (let slot = 0; slot < node.slotCount; slot += 1) {
      if (node.present[slot] === 1) this.#hasSample[ordinals[slot] ?? 0] = 1;
    }
    return this.#hasSample;
  }

  get leftOrdinals(): Int32Array {
    return this.#left.ordinals;
  }

  get rightOrdinals(): Int32Array {
    return this.#right.ordinals;
  }
}

/** `and` (samples of the left side with a partner) and `unless` (those without). */
export class FilterNode extends VectorNode {
  readonly #left: VectorNode;
  readonly #right: VectorNode;
  readonly #reader: SlotReader;
  readonly #groups: SetGroups;
  readonly #wanted: 0 | 1;

  constructor(
    operator: 'and' | 'unless',
    [left, right]: readonly [VectorNode, VectorNode],
    matching: VectorMatching,
  ) {
    super(left.isUniqueWithoutName);
    this.#left = left;
    this.#right = right;
    this.#reader = new SlotReader(left);
    this.#groups = new SetGroups(left, right, matching);
    this.#wanted = operator === 'and' ? 1 : 0;
  }

  protected override run(tick: Tick): void {
    const left = this.#left;
    left.evaluate(tick);
    this.#right.evaluate(tick);
    this.#groups.sync();
    if (this.#reader.isRenewed()) this.clearSlots();
    copyNames(left, this.#reader.firstNew(), (labels, drops) => this.addSlot(labels, drops));
    const hasPartner = this.#groups.mark('right', this.#right);
    const ordinals = this.#groups.leftOrdinals;
    for (let slot = 0; slot < this.slotCount; slot += 1) {
      const isKept = left.present[slot] === 1 && hasPartner[ordinals[slot] ?? 0] === this.#wanted;
      this.present[slot] = isKept ? 1 : 0;
      this.values[slot] = left.values[slot] ?? 0;
    }
  }
}

/** `or`: all samples of the left side, and those of the right side without a partner there. */
export class UnionNode extends VectorNode {
  readonly #left: VectorNode;
  readonly #right: VectorNode;
  readonly #leftReader: SlotReader;
  readonly #rightReader: SlotReader;
  readonly #groups: SetGroups;
  readonly #sameLabels: SameLabels = new SameLabels();
  /** The own slots of the slots of both sides, which are made as they come. */
  #leftSlots: number[] = [];
  #rightSlots: number[] = [];

  constructor([left, right]: readonly [VectorNode, VectorNode], matching: VectorMatching) {
    super(false);
    this.#left = left;
    this.#right = right;
    this.#leftReader = new SlotReader(left);
    this.#rightReader = new SlotReader(right);
    this.#groups = new SetGroups(left, right, matching);
  }

  protected override run(tick: Tick): void {
    this.#left.evaluate(tick);
    this.#right.evaluate(tick);
    this.#groups.sync();
    this.#sync();
    for (const [slot, own] of this.#leftSlots.entries()) {
      this.present[own] = this.#left.present[slot] ?? 0;
      this.values[own] = this.#left.values[slot] ?? 0;
    }
    const hasLeft = this.#groups.mark('left', this.#left);
    const ordinals = this.#groups.rightOrdinals;
    for (const [slot, own] of this.#rightSlots.entries()) {
      const isAdded = this.#right.present[slot] === 1 && hasLeft[ordinals[slot] ?? 0] === 0;
      this.present[own] = isAdded ? 1 : 0;
      this.values[own] = this.#right.values[slot] ?? 0;
    }
    this.#sameLabels.check(this.present);
  }

  #sync(): void {
    const isLeftRenewed = this.#leftReader.isRenewed();
    const isRightRenewed = this.#rightReader.isRenewed();
    if (isLeftRenewed || isRightRenewed) this.#restart();
    const add = (labels: Labels, dropsName: boolean): number => {
      const slot = this.addSlot(labels, dropsName);
      this.#sameLabels.add(slot, labels);
      return slot;
    };
    const left = copyNames(this.#left, this.#leftReader.firstNew(), add);
    const right = copyNames(this.#right, this.#rightReader.firstNew(), add);
    this.#leftSlots = this.#leftSlots.concat(left);
    this.#rightSlots = this.#rightSlots.concat(right);
  }

  #restart(): void {
    this.clearSlots();
    this.#sameLabels.clear();
    this.#leftSlots = [];
    this.#rightSlots = [];
    for (const reader of [this.#leftReader, this.#rightReader]) {
      reader.reset();
      reader.isRenewed();
    }
  }
}

/** Adds a slot for each slot of the node from `first` on; returns them. */
function copyNames(
  node: VectorNode,
  first: number,
  add: (labels: Labels, dropsName: boolean) => number,
): number[] {
  const added: number[] = [];
  for (let slot = first; slot < node.slotCount; slot += 1) {
    const labels = node.labels[slot];
    if (labels !== undefined) added.push(add(labels, node.dropsName[slot] === true));
  }
  return added;
}
