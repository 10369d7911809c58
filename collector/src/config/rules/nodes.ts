import type { YamlNode, YamlPair } from '../yaml/composer.ts';
import type { Place, YamlEntry, YamlProblem, YamlValue } from '../yaml/tree.ts';

/** Nodes after aliases are filled in: a small file can stand for a huge one. */
const NODES_MAX = 1_000_000;
const DEPTH_MAX = 100;

/** Turns parsed YAML into plain values: aliases and `<<` merges filled in, bombs refused. */
export function readNodes(document: YamlNode): {
  readonly root?: YamlValue;
  readonly problems: readonly YamlProblem[];
} {
  const reader = new NodeReader();
  try {
    const root = reader.read(document);
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
  readonly #anchors = new Map<string, YamlNode>();
  readonly #open = new Set<YamlNode>();
  #count = 0;

  read(node: YamlNode): YamlValue {
    const { place } = node;
    this.#count += 1;
    if (this.#count > NODES_MAX) {
      throw new TooLarge(place, 'yaml: document contains excessive aliasing');
    }
    if (this.#open.size > DEPTH_MAX) throw new TooLarge(place, 'yaml: exceeded max depth of 100');
    if (node.kind === 'alias') return this.#readAlias(node.name, place);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.kind === 'scalar') {
      const { text, isPlain } = node;
      if (isPlain && NULL_TEXT.test(text)) return { kind: 'null', place };
      return { kind: 'scalar', place, text };
    }
    this.#open.add(node);
    const value: YamlValue =
      node.kind === 'map'
        ? { kind: 'map', place, entries: this.#readEntries(node.pairs) }
        : { kind: 'list', place, items: node.items.map((item) => this.read(item)) };
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
    return { ...this.read(target), place };
  }

  #readEntries(pairs: readonly YamlPair[]): readonly YamlEntry[] {
    const own = new Map<string, YamlEntry>();
    const merged: YamlValue[] = [];
    for (const pair of pairs) {
      const key = this.read(pair.key);
      const value = this.#readPairValue(pair, key.place);
      if (key.kind === 'scalar' && key.text === '<<') merged.push(value);
      else {
        const isNullKey = key.kind === 'null';
        this.#addEntry(own, { key: this.#keyText(key), isNullKey, place: key.place, value });
      }
    }
    return this.#mergeInto(own, merged);
  }

  /** A missing value stands where its key does. */
  #readPairValue(pair: YamlPair, keyPlace: Place): YamlValue {
    const value = this.read(pair.value);
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
}
