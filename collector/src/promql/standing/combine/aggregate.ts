import type { Labels } from '../../../model/labels.ts';
import { grown, IrregularData, type Tick, VectorNode } from '../node.ts';
import { groupingOf, SlotGroups } from './groups.ts';

export type StandingAggregator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar';

/** Groups whose columns are cleared and filled at each tick. */
export interface GroupColumns {
  values: Float64Array;
  counts: Float64Array;
  /** What rounding lost (sums), or the mean so far (variances). */
  seconds: Float64Array;
}

type Accumulate = (columns: GroupColumns, group: number, value: number) => void;
type Finish = (columns: GroupColumns, group: number) => number;

/** An aggregation over groups that are known before the samples are. */
export class AggregateNode extends VectorNode {
  readonly #input: VectorNode;
  readonly #groups: SlotGroups;
  readonly #isNameRemovalDelayed: boolean;
  readonly #slotByKey: Map<string, number> = new Map();
  readonly #accumulate: Accumulate;
  readonly #finish: Finish;
  readonly #columns: GroupColumns = {
    values: new Float64Array(8),
    counts: new Float64Array(8),
    seconds: new Float64Array(8),
  };

  constructor(
    input: VectorNode,
    operator: StandingAggregator,
    clause: {
      readonly grouping: readonly string[];
      readonly isWithout: boolean;
      readonly isNameRemovalDelayed: boolean;
    },
  ) {
    super(clause.isWithout || !clause.grouping.includes('__name__'));
    this.#input = input;
    this.#isNameRemovalDelayed = clause.isNameRemovalDelayed;
    this.#groups = new SlotGroups(input, groupingOf(clause.grouping, clause.isWithout));
    const [accumulate, finish] = AGGREGATIONS[operator];
    this.#accumulate = accumulate;
    this.#finish = finish;
  }

  protected override run(tick: Tick): void {
    this.#input.evaluate(tick);
    this.#sync();
    const columns = this.#columns;
    const groupCount = this.slotCount;
    columns.counts.fill(0, 0, groupCount);
    const { present, values } = this.#input;
    const { ordinals } = this.#groups;
    const accumulate = this.#accumulate;
    const count = this.#input.slotCount;
    for (let slot = 0; slot < count; slot += 1) {
      if (present[slot] === 0) continue;
      const group = ordinals[slot] ?? 0;
      accumulate(columns, group, values[slot] ?? 0);
    }
    if (this.#isNameRemovalDelayed) this.#passOnDroppedNames();
    for (let group = 0; group < groupCount; group += 1) {
      const isPresent = (columns.counts[group] ?? 0) > 0;
      this.present[group] = isPresent ? 1 : 0;
      if (isPresent) this.values[group] = this.#finish(columns, group);
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
    const columns = this.#columns;
    if (this.slotCount <= columns.values.length) return;
    const capacity = this.slotCount * 2;
    columns.values = grown(columns.values, new Float64Array(capacity));
    columns.counts = grown(columns.counts, new Float64Array(capacity));
    columns.seconds = grown(columns.seconds, new Float64Array(capacity));
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

/** Neumaier's compensated sum, as `CompensatedSum` but in columns. */
function addCompensated(columns: GroupColumns, group: number, value: number): void {
  const { values, counts, seconds } = columns;
  if (counts[group] === 0) {
    values[group] = value;
    seconds[group] = 0;
  } else {
    const sum = values[group] ?? 0;
    const total = sum + value;
    const lost = Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
    if (total === Infinity || total === -Infinity) seconds[group] = 0;
    else seconds[group] = (seconds[group] ?? 0) + lost;
    values[group] = total;
  }
  counts[group] = (counts[group] ?? 0) + 1;
}

function finishSum({ values, seconds }: GroupColumns, group: number): number {
  return (values[group] ?? 0) + (seconds[group] ?? 0);
}

function finishAverage({ values, seconds, counts }: GroupColumns, group: number): number {
  const sum = values[group] ?? 0;
  // Beyond all floats a running mean takes over, which depends on where that happened.
  if (sum === Infinity || sum === -Infinity) throw new IrregularData('overflow');
  const count = counts[group] ?? 1;
  return sum / count + (seconds[group] ?? 0) / count;
}

function increment({ counts }: GroupColumns, group: number): void {
  counts[group] = (counts[group] ?? 0) + 1;
}

function takeSmaller({ values, counts }: GroupColumns, group: number, value: number): void {
  const known = values[group] ?? 0;
  if (counts[group] === 0 || known > value || Number.isNaN(known)) values[group] = value;
  counts[group] = (counts[group] ?? 0) + 1;
}

function takeLarger({ values, counts }: GroupColumns, group: number, value: number): void {
  const known = values[group] ?? 0;
  if (counts[group] === 0 || known < value || Number.isNaN(known)) values[group] = value;
  counts[group] = (counts[group] ?? 0) + 1;
}

/** Welford's sum of squared deviations; `seconds` holds the mean. */
function addDeviation(
  { values, counts, seconds }: GroupColumns,
  group: number,
  value: number,
): void {
  const count = (counts[group] ?? 0) + 1;
  counts[group] = count;
  if (count === 1) {
    values[group] = Number.isFinite(value) ? 0 : Number.NaN;
    seconds[group] = value;
    return;
  }
  const mean = seconds[group] ?? 0;
  const next = mean + (value - mean) / count;
  seconds[group] = next;
  values[group] = (values[group] ?? 0) + (value - mean) * (value - next);
}

const valueOf: Finish = ({ values }, group) => values[group] ?? 0;
const varianceOf: Finish = ({ values, counts }, group) =>
  (values[group] ?? 0) / (counts[group] ?? 1);

const AGGREGATIONS: Readonly<Record<StandingAggregator, readonly [Accumulate, Finish]>> = {
  sum: [addCompensated, finishSum],
  avg: [addCompensated, finishAverage],
  count: [increment, ({ counts }, group) => counts[group] ?? 0],
  min: [takeSmaller, valueOf],
  max: [takeLarger, valueOf],
  group: [increment, () => 1],
  stddev: [addDeviation, (columns, group) => Math.sqrt(varianceOf(columns, group))],
  stdvar: [addDeviation, varianceOf],
};
