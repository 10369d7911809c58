import { textKey } from '@telltale/core';

/** The label that holds a metric's name. */
export const METRIC_NAME_LABEL = '__name__';

/**
 * Compares two strings by their UTF-8 bytes, the order in which Prometheus sorts labels.
 *
 * JavaScript compares UTF-16 code units, which differs only where a surrogate meets a character
 * from U+E000 to U+FFFF: surrogates encode characters above them.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

function byteRank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800;
}

/** An immutable label set, sorted by name. A label with an empty value is a label that is absent. */
export class Labels {
  // Not `new Labels`: TypeScript 7.0.2 emits that as a variable which is set only after the class.
  static readonly EMPTY: Labels = new this([]);

  /** Name, value, name, value and so on, sorted by name. */
  readonly flat: readonly string[];
  #key: string | undefined;

  private constructor(flat: readonly string[]) {
    this.flat = flat;
  }

  static of(record: Readonly<Record<string, string>>): Labels {
    return Labels.fromPairs(Object.entries(record));
  }

  /** Builds a label set from pairs in any order. The last of two equal names wins. */
  static fromPairs(pairs: Iterable<readonly [name: string, value: string]>): Labels {
    const byName = new Map(pairs);
    const names: string[] = [];
    let isSorted = true;
    for (const [name, value] of byName) {
      if (value === '') continue;
      const last = names[names.length - 1];
      if (last !== undefined && compareUtf8(last, name) > 0) isSorted = false;
      names.push(name);
    }
    if (names.length === 0) return Labels.EMPTY;
    if (!isSorted) names.sort(compareUtf8);
    const flat: string[] = [];
    for (const name of names) flat.push(name, byName.get(name) ?? '');
    return new Labels(flat);
  }

  /** Equal for equal label sets only, and therefore usable as a `Map` key. */
  get key(): string {
    this.#key ??= textKey(this.flat);
    return this.#key;
  }

  get size(): number {
    return this.flat.length / 2;
  }

  /** The value of a label, `''` when it is absent. */
  get(name: string): string {
    const { flat } = this;
    for (let index = 0; index < flat.length; index += 2) {
      if (flat[index] === name) return flat[index + 1] ?? '';
    }
    return '';
  }

  has(name: string): boolean {
    return this.get(name) !== '';
  }

  /** The metric name, `''` when there is none. */
  get metricName(): string {
    return this.get(METRIC_NAME_LABEL);
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (let index = 0; index < this.flat.length; index += 2) {
      yield [this.flat[index] ?? '', this.flat[index + 1] ?? ''];
    }
  }

  /** A copy with one label set, or removed when `value` is empty. */
  with(name: string, value: string): Labels {
    if (this.get(name) === value) return this;
    return Labels.fromPairs([...this, [name, value]]);
  }

  /** A copy with only the named labels. */
  keep(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  /** A copy without the named labels. */
  without(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  /** A copy without the metric name. */
  withoutMetricName(): Labels {
    return this.has(METRIC_NAME_LABEL) ? this.#filter((name) => name !== METRIC_NAME_LABEL) : this;
  }

  equals(other: Labels): boolean {
    return this === other || this.key === other.key;
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this);
  }

  #filter(isKept: (name: string) => boolean): Labels {
    const flat: string[] = [];
    for (let index = 0; index < this.flat.length; index += 2) {
      const name = this.flat[index] ?? '';
      if (isKept(name)) flat.push(name, this.flat[index + 1] ?? '');
    }
    return flat.length === 0 ? Labels.EMPTY : new Labels(flat);
  }

  /** Orders label sets as Prometheus does: name, then value, pair by pair; the shorter set first. */
  static compare(left: Labels, right: Labels): number {
    const length = Math.min(left.flat.length, right.flat.length);
    for (let index = 0; index < length; index += 1) {
      const order = compareUtf8(left.flat[index] ?? '', right.flat[index] ?? '');
      if (order !== 0) return order;
    }
    return left.flat.length - right.flat.length;
  }
}
