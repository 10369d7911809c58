/** Names that are kept: the frequent ones of any number of them. */
const NAMES_MAX = 32;
/** Texts that fewer values share could name a person. */
const SHARED_BY_MIN = 5;

/** A category that the baseline does not have. */
export interface NewCategory {
  readonly category: string;
  /** How often it came since the baseline is in force, or a little less. */
  readonly count: number;
}

/** `NovelValues` as plain data. */
export interface NovelValuesSnapshot {
  readonly below: number;
  readonly above: number;
  /** Names with how often each came, in the order in which they are held. */
  readonly names: readonly (readonly [name: string, count: number])[];
}

/** What values were that the baseline does not know: how far out, and the names of new categories. */
export class NovelValues {
  /** Values below and above the known range, since the baseline is in force. */
  below = 0;
  above = 0;
  /** Made with the first new name: most streams have none. */
  #names: Map<string, number> | undefined;

  constructor(snapshot?: NovelValuesSnapshot) {
    if (snapshot === undefined) return;
    this.below = snapshot.below;
    this.above = snapshot.above;
    if (snapshot.names.length > 0) this.#names = new Map(snapshot.names.slice(0, NAMES_MAX));
  }

  observeNumber(isBelow: boolean): void {
    if (isBelow) this.below += 1;
    else this.above += 1;
  }

  /** Counts the frequent ones (Misra and Gries): when all places are taken, every count falls. */
  observeName(name: string): void {
    this.#names ??= new Map();
    const names = this.#names;
    const known = names.get(name);
    if (known !== undefined || names.size < NAMES_MAX) {
      names.set(name, (known ?? 0) + 1);
      return;
    }
    for (const [other, count] of names) {
      if (count === 1) names.delete(other);
      else names.set(other, count - 1);
    }
  }

  /** The new categories that enough values share, the most frequent first. */
  categories(): readonly NewCategory[] {
    return [...(this.#names ?? [])]
      .filter(([, count]) => count >= SHARED_BY_MIN)
      .toSorted(([, a], [, b]) => b - a)
      .map(([category, count]) => ({ category, count }));
  }

  snapshot(): NovelValuesSnapshot {
    return { below: this.below, above: this.above, names: [...(this.#names ?? [])] };
  }
}
