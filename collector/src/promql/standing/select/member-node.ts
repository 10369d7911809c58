import { Labels } from '../../../model/labels.ts';
import type { Naming } from '../naming.ts';
import { SameLabels, type Tick, VectorNode } from '../node.ts';
import type { LiveSeries } from './live-source.ts';
import type { Members } from './members.ts';

/** A node with one slot for each member of a selector, at the member's position. */
export abstract class MemberNode extends VectorNode {
  protected readonly members: Members;
  readonly #name: Naming;
  /** Absent when the selector names its metric: then names can be dropped without a clash. */
  readonly #sameLabels: SameLabels | undefined;
  #membersGeneration = -1;

  constructor(members: Members, name: Naming) {
    super(members.metricName !== undefined);
    this.members = members;
    this.#name = name;
    this.#sameLabels = this.isUniqueWithoutName ? undefined : new SameLabels();
  }

  protected override run(tick: Tick): void {
    this.#sync();
    this.runMembers(tick, this.members.series);
    this.#sameLabels?.check(this.present);
  }

  /** Sets `present` and `values` of every position; a hole is not present. */
  protected abstract runMembers(tick: Tick, series: readonly (LiveSeries | undefined)[]): void;

  /** Called when the positions of all members have changed. */
  protected clearMembers(): void {
    // Only nodes that remember something about a member have something to forget.
  }

  /** Called with each new slot and the series it stands for. */
  protected addMember(_slot: number, _labels: Labels): void {
    // Only nodes that remember something about a member do so here.
  }

  /** Makes slots for the members that have come. */
  #sync(): void {
    const { series, generation } = this.members;
    if (this.#membersGeneration !== generation) {
      this.#membersGeneration = generation;
      this.clearSlots();
      this.clearMembers();
      this.#sameLabels?.clear();
    }
    for (let position = this.slotCount; position < series.length; position += 1) {
      const own = series[position]?.labels;
      const { labels, dropsName } = this.#name(own ?? Labels.EMPTY, false);
      const slot = this.addSlot(labels, dropsName);
      if (own === undefined) continue;
      this.#sameLabels?.add(slot, labels);
      this.addMember(slot, own);
    }
  }
}
