import type { AgeLimits } from '../../config/model-feedback.ts';

/** What is kept by id: it has an age and a place in the order of arrival. */
export interface Aged {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Which arrival it was; set here. */
  sequence?: number;
}

/**
 * Entries by id, bounded in number and in age.
 *
 * The order of age is a ring of ids: a `Map` whose oldest keys are deleted again and again leaves
 * holes that every look for the oldest one would walk over.
 */
export class AgedIds<T extends Aged> {
  readonly #byId = new Map<string, T>();
  readonly #onEvicted: (entry: T) => void;
  #limits: AgeLimits;
  #ring: string[] = [];
  #sequence = 0;

  constructor(limits: AgeLimits, onEvicted: (entry: T) => void = () => {}) {
    this.#limits = limits;
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Changes the limits; the oldest entries go when there is less room. */
  limit(limits: AgeLimits): void {
    if (limits.entriesMax === this.#limits.entriesMax) {
      this.#limits = limits;
      return;
    }
    const kept = [...this.entries()];
    this.#limits = limits;
    this.#ring = [];
    this.#sequence = 0;
    this.#byId.clear();
    const lost = Math.max(0, kept.length - limits.entriesMax);
    for (const [, entry] of kept.slice(0, lost)) this.#onEvicted(entry);
    for (const [id, entry] of kept.slice(lost)) this.put(id, entry);
  }

  /** Keeps an entry; one of the same id is replaced. */
  put(id: string, entry: T): void {
    const sequence = this.#sequence;
    const slot = sequence % this.#limits.entriesMax;
    this.#evict(this.#ring[slot], sequence - this.#limits.entriesMax);
    this.#ring[slot] = id;
    entry.sequence = sequence;
    this.#byId.set(id, entry);
    this.#sequence += 1;
  }

  /** The entry of an id, unless it is unknown or too old. A clock that steps back ages nothing. */
  find(id: string, nowMs: number): T | undefined {
    const found = this.#byId.get(id);
    if (found === undefined) return undefined;
    if (nowMs - found.atMs <= this.#limits.ttlMs) return found;
    this.#byId.delete(id);
    return undefined;
  }

  /** As `find`, and forgets it. */
  take(id: string, nowMs: number): T | undefined {
    const found = this.find(id, nowMs);
    this.#byId.delete(id);
    return found;
  }

  /** All entries with their ids, the oldest first. */
  *entries(): Generator<readonly [id: string, entry: T]> {
    const first = Math.max(0, this.#sequence - this.#limits.entriesMax);
    for (let sequence = first; sequence < this.#sequence; sequence += 1) {
      const id = this.#ring[sequence % this.#limits.entriesMax];
      const entry = id === undefined ? undefined : this.#byId.get(id);
      if (id !== undefined && entry?.sequence === sequence) yield [id, entry];
    }
  }

  /** Forgets what stood in a slot, unless its id came again since. */
  #evict(id: string | undefined, sequence: number): void {
    if (id === undefined) return;
    const entry = this.#byId.get(id);
    if (entry?.sequence !== sequence) return;
    this.#byId.delete(id);
    this.#onEvicted(entry);
  }
}
