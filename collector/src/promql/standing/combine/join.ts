import { Labels } from '../../../model/labels.ts';
import { type MatchedExpr, matchRule, resultLabels } from '../../kernels/matching.ts';
import type { Operation } from '../../kernels/operators.ts';
import { grown, IrregularData, SameLabels, type Tick, VectorNode } from '../node.ts';
import { GroupOrdinals, SlotGroups } from './groups.ts';

export interface JoinOptions {
  readonly operation: Operation;
  readonly isNameRemovalDelayed: boolean;
}

const NO_PARTNER = -1;

/**
 * Arithmetic or comparison of two vectors over match groups that are known before the samples are.
 *
 * There is one slot for each slot of the "many" side (the left one unless `group_right`). Its labels
 * depend on the other side only when `group_left` takes labels over; such a slot is named when it
 * meets its partner, and readers read all slots again when a partner with other labels takes over.
 * Two samples of one group on the "one" side, or results that collide, are errors that the general
 * evaluator words.
 */
export class JoinNode extends VectorNode {
  readonly #expr: MatchedExpr;
  readonly #options: JoinOptions;
  readonly #many: VectorNode;
  readonly #one: VectorNode;
  readonly #isSwapped: boolean;
  readonly #takesLabels: boolean;
  readonly #manyGroups: SlotGroups;
  readonly #oneGroups: SlotGroups;
  readonly #ordinals: GroupOrdinals = new GroupOrdinals();
  /** The slot of the one side that has a sample, by group. */
  #partners: Int32Array = new Int32Array(8);
  /** For one-to-one: whether a slot of the many side has matched, by group. */
  #isMatched: Uint8Array = new Uint8Array(8);
  /** The slot of the one side that gave the labels, by own slot. */
  #namedBy: Int32Array = new Int32Array(8);
  #isRenamed = false;
  #sameLabels: SameLabels = new SameLabels();

  constructor(expr: MatchedExpr, sides: readonly [VectorNode, VectorNode], options: JoinOptions) {
    super(false);
    const { cardinality, include } = expr.matching;
    this.#expr = expr;
    this.#options = options;
    this.#isSwapped = cardinality === 'one-to-many';
    this.#takesLabels = include.length > 0;
    const [left, right] = sides;
    this.#many = this.#isSwapped ? right : left;
    this.#one = this.#isSwapped ? left : right;
    this.#manyGroups = new SlotGroups(this.#many, matchRule(expr.matching));
    this.#oneGroups = new SlotGroups(this.#one, matchRule(expr.matching));
  }

  protected override run(tick: Tick): void {
    this.#many.evaluate(tick);
    this.#one.evaluate(tick);
    this.#sync();
    this.#findPartners();
    const many = this.#many;
    const { ordinals } = this.#manyGroups;
    const { present } = this;
    const partners = this.#partners;
    const count = this.slotCount;
    for (let slot = 0; slot < count; slot += 1) {
      present[slot] = 0;
      if (many.present[slot] === 0) continue;
      const partner = partners[ordinals[slot] ?? 0] ?? NO_PARTNER;
      if (partner !== NO_PARTNER) this.#combine(slot, partner);
    }
    if (this.#isRenamed) this.#renew();
    this.#sameLabels.check(present);
  }

  #combine(slot: number, partner: number): void {
    if (this.#expr.matching.cardinality === 'one-to-one') {
      const group = this.#manyGroups.ordinals[slot] ?? 0;
      if (this.#isMatched[group] === 1) throw new IrregularData('many-to-one matching');
      this.#isMatched[group] = 1;
    }
    if (this.#takesLabels && this.#namedBy[slot] !== partner) this.#rename(slot, partner);
    const ours = this.#many.values[slot] ?? 0;
    const theirs = this.#one.values[partner] ?? 0;
    const value = this.#isSwapped
      ? this.#options.operation(theirs, ours)
      : this.#options.operation(ours, theirs);
    if (value === undefined) return;
    this.present[slot] = 1;
    this.values[slot] = value;
  }

  #findPartners(): void {
    const { present, slotCount } = this.#one;
    const { ordinals } = this.#oneGroups;
    const partners = this.#partners;
    partners.fill(NO_PARTNER, 0, this.#ordinals.size);
    this.#isMatched.fill(0, 0, this.#ordinals.size);
    for (let slot = 0; slot < slotCount; slot += 1) {
      if (present[slot] === 0) continue;
      const group = ordinals[slot] ?? 0;
      if (partners[group] !== NO_PARTNER) throw new IrregularData('duplicate series');
      partners[group] = slot;
    }
  }

  #sync(): void {
    const isManyRenewed = this.#manyGroups.isRenewed();
    const isOneRenewed = this.#oneGroups.isRenewed();
    if (isManyRenewed || isOneRenewed) this.#restart();
    const ordinalOf = (labels: Labels): number => this.#ordinals.of(labels);
    this.#manyGroups.extend(ordinalOf);
    this.#oneGroups.extend(ordinalOf);
    this.#reserve();
    this.#addSlots();
  }

  #restart(): void {
    this.clearSlots();
    this.#ordinals.clear();
    this.#sameLabels = new SameLabels();
    this.#manyGroups.reset();
    this.#oneGroups.reset();
    this.#manyGroups.isRenewed();
    this.#oneGroups.isRenewed();
  }

  #reserve(): void {
    const groups = this.#ordinals.size;
    if (groups > this.#partners.length) {
      this.#partners = new Int32Array(groups * 2);
      this.#isMatched = new Uint8Array(groups * 2);
    }
    const slots = this.#many.slotCount;
    if (slots > this.#namedBy.length) {
      this.#namedBy = grown(this.#namedBy, new Int32Array(slots * 2));
    }
  }

  #addSlots(): void {
    const givers = this.#takesLabels ? this.#labelGivers() : undefined;
    for (let slot = this.slotCount; slot < this.#many.slotCount; slot += 1) {
      const giver = givers?.get(this.#manyGroups.ordinals[slot] ?? 0) ?? NO_PARTNER;
      const labels = this.#labelsOf(slot, giver);
      this.addSlot(labels, this.#expr.returnBool);
      this.#namedBy[slot] = giver;
      this.#sameLabels.add(slot, labels);
    }
  }

  /** The newest slot of each group of the one side: most likely the partner to come. */
  #labelGivers(): Map<number, number> | undefined {
    if (this.slotCount === this.#many.slotCount) return undefined;
    const givers = new Map<number, number>();
    for (let slot = 0; slot < this.#one.slotCount; slot += 1) {
      givers.set(this.#oneGroups.ordinals[slot] ?? 0, slot);
    }
    return givers;
  }

  #rename(slot: number, partner: number): void {
    this.#namedBy[slot] = partner;
    const labels = this.#labelsOf(slot, partner);
    if (this.labels[slot]?.equals(labels) === true) return;
    this.labels[slot] = labels;
    this.#isRenamed = true;
  }

  #renew(): void {
    this.#isRenamed = false;
    this.generation += 1;
    this.#sameLabels = new SameLabels();
    for (const [slot, labels] of this.labels.entries()) this.#sameLabels.add(slot, labels);
  }

  #labelsOf(slot: number, partner: number): Labels {
    const many = this.#many.labels[slot] ?? Labels.EMPTY;
    const one = this.#one.labels[partner] ?? Labels.EMPTY;
    return resultLabels(this.#expr, [many, one], this.#options.isNameRemovalDelayed);
  }
}
