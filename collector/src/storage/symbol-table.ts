interface SymbolEntry {
  readonly id: number;
  readonly text: string;
}

/**
 * One copy of each label name and value, and a number for it.
 *
 * Equal texts of different origin (two parsed requests) become one string, and label sets can be
 * hashed by number. Ids are never used twice.
 */
export class SymbolTable {
  #entries: Map<string, SymbolEntry> = new Map();
  #nextId = 1;

  get size(): number {
    return this.#entries.size;
  }

  /** 0 for a text that is not in the table. */
  find(text: string): number {
    return this.#entries.get(text)?.id ?? 0;
  }

  /** The table's own copy of `text`, added when it is new. */
  intern(text: string): string {
    let entry = this.#entries.get(text);
    if (entry === undefined) {
      entry = { id: this.#nextId, text };
      this.#nextId += 1;
      this.#entries.set(text, entry);
    }
    return entry.text;
  }

  /** Forgets every text that `inUse` does not list. */
  retain(inUse: Iterable<string>): void {
    const kept = new Map<string, SymbolEntry>();
    for (const text of inUse) {
      const entry = this.#entries.get(text);
      if (entry !== undefined) kept.set(text, entry);
    }
    this.#entries = kept;
  }
}
