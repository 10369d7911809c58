import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

import type { Place, YamlEntry, YamlProblem, YamlValue } from './rules-file-tree.ts';

/** Nodes after aliases are filled in: a small file can stand for a huge one. */
const NODES_MAX = 1_000_000;
const DEPTH_MAX = 100;
const START: Place = { line: 1, column: 1 };

type PlaceAt = (offset: number) => Place;

/** Turns parsed YAML into plain values: aliases and `<<` merges filled in, bombs refused. */
export function readNodes(
  contents: unknown,
  placeAt: PlaceAt,
): { readonly root?: YamlValue; readonly problems: readonly YamlProblem[] } {
  const reader = new NodeReader(placeAt);
  try {
    const root = reader.read(contents, START);
    return reader.problems.length > 0 ? { problems: reader.problems } : { root, problems: [] };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { problems: [{ ...error.place, message: error.message }] };
  }
}

class TooLarge extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

const NULL_TEXT = /^(?:~|null|Null|NULL|)$/u;

class NodeReader {
  readonly problems: YamlProblem[] = [];
  readonly #placeAt: PlaceAt;
  readonly #anchors = new Map<string, unknown>();
  readonly #open = new Set<unknown>();
  #count = 0;

  constructor(placeAt: PlaceAt) {
    this.#placeAt = placeAt;
  }

  /** `near` is the place to name when the node has none of its own. */
  read(node: unknown, near: Place): YamlValue {
    this.#count += 1;
    if (this.#count > NODES_MAX) {
      throw new TooLarge(near, 'yaml: document contains excessive aliasing');
    }
    if (this.#open.size > DEPTH_MAX) throw new TooLarge(near, 'yaml: exceeded max depth of 100');
    if (isAlias(node)) return this.#readAlias(node.source, this.#placeOf(node.range, near));
    if (isScalar(node)) {
      const place = this.#placeOf(node.range, near);
      this.#remember(node.anchor, node);
      const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
      const isNull = node.type === 'PLAIN' && node.tag === undefined && NULL_TEXT.test(text);
      return isNull ? { kind: 'null', place } : { kind: 'scalar', place, text };
    }
    if (!isMap(node) && !isSeq(node)) return { kind: 'null', place: near };
    return this.#readCollection(node, this.#placeOf(node.range, near));
  }

  #readCollection(node: YAMLMap | YAMLSeq, place: Place): YamlValue {
    this.#remember(node.anchor, node);
    this.#open.add(node);
    const value: YamlValue = isMap(node)
      ? { kind: 'map', place, entries: this.#readEntries(node, place) }
      : { kind: 'list', place, items: node.items.map((item) => this.read(item, place)) };
    this.#open.delete(node);
    return value;
  }

  #readAlias(name: string, place: Place): YamlValue {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.problems.push({ ...place, message: `yaml: unknown anchor '${name}' referenced` });
      return { kind: 'null', place };
    }
    if (this.#open.has(target)) {
      this.problems.push({ ...place, message: `yaml: anchor '${name}' value contains itself` });
      return { kind: 'null', place };
    }
    return { ...this.read(target, place), place };
  }

  #readEntries(node: YAMLMap, near: Place): readonly YamlEntry[] {
    const own = new Map<string, YamlEntry>();
    const merged: YamlValue[] = [];
    for (const pair of node.items) {
      const key = this.read(pair.key, near);
      const value = this.#readPairValue(pair, key.place);
      if (key.kind === 'scalar' && key.text === '<<') merged.push(value);
      else this.#addEntry(own, { key: this.#keyText(key), place: key.place, value });
    }
    return this.#mergeInto(own, merged);
  }

  /** A missing value stands where its key does. */
  #readPairValue(pair: Pair, keyPlace: Place): YamlValue {
    const value = this.read(pair.value, keyPlace);
    return value.kind === 'null' ? { kind: 'null', place: keyPlace } : value;
  }

  #keyText(key: YamlValue): string {
    if (key.kind === 'scalar') return key.text;
    if (key.kind !== 'null') {
      this.problems.push({ ...key.place, message: `yaml: invalid map key: a ${key.kind}` });
    }
    return '';
  }

  #addEntry(entries: Map<string, YamlEntry>, entry: YamlEntry): void {
    const known = entries.get(entry.key);
    if (known !== undefined) {
      const message = `yaml: mapping key ${JSON.stringify(entry.key)} already defined at line ${known.place.line}`;
      this.problems.push({ ...entry.place, message });
    } else entries.set(entry.key, entry);
  }

  /** Keys of merged mappings that the mapping does not have itself; the first merged one wins. */
  #mergeInto(own: Map<string, YamlEntry>, merged: readonly YamlValue[]): readonly YamlEntry[] {
    const sources = merged.flatMap((value) => (value.kind === 'list' ? value.items : [value]));
    for (const source of sources) {
      if (source.kind !== 'map') {
        const message = 'yaml: map merge requires map or sequence of maps as the value';
        this.problems.push({ ...source.place, message });
        continue;
      }
      for (const entry of source.entries) {
        if (!own.has(entry.key)) own.set(entry.key, entry);
      }
    }
    return [...own.values()];
  }

  #remember(anchor: string | undefined, node: unknown): void {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
  }

  #placeOf(range: readonly number[] | null | undefined, near: Place): Place {
    const offset = range?.[0];
    return offset === undefined ? near : this.#placeAt(offset);
  }
}
