/** A place in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a YAML file. */
export interface YamlProblem extends Place {
  readonly message: string;
}

/** One entry of a mapping with the place of its key. */
export interface YamlEntry {
  readonly key: string;
  /** The key is nothing, not an empty text. */
  readonly isNullKey?: boolean;
  readonly place: Place;
  readonly value: YamlValue;
}

/** A node without aliases: what an alias or a merge key stands for is already in its place. */
export type YamlValue =
  | { readonly kind: 'null'; readonly place: Place }
  | { readonly kind: 'scalar'; readonly place: Place; readonly text: string }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly YamlValue[] }
  | { readonly kind: 'map'; readonly place: Place; readonly entries: readonly YamlEntry[] };

export interface YamlFile {
  /** Absent when the file is empty. */
  readonly root?: YamlValue;
  readonly problems: readonly YamlProblem[];
  /** How many documents stand in the file, 2 for more than one; only the first is read. */
  readonly documents: number;
}
