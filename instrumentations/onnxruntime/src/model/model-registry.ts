import { MODEL_NAMES_MAX, OTHER } from '@telltale/core';

import { ModelState } from './model-state.ts';

/** Versions of one name with series of their own; the rest share `_OTHER`. */
const VERSIONS_PER_NAME_MAX = 20;

/**
 * The models of the process, at most 100 names with 20 versions each. Series of a model stay when
 * its sessions end, as cumulative series must; the same model loaded again finds its own.
 */
export class ModelRegistry {
  readonly #models: Map<string, Map<string, ModelState>> = new Map();

  get(name: string, version: string): ModelState {
    const isNew = !this.#models.has(name);
    if (isNew && this.#models.size >= MODEL_NAMES_MAX && name !== OTHER)
      return this.get(OTHER, OTHER);
    const versions = this.#versionsOf(name);
    const known = versions.get(version);
    if (known !== undefined) return known;
    if (versions.size >= VERSIONS_PER_NAME_MAX && version !== OTHER) return this.get(name, OTHER);
    const state = new ModelState(name, version);
    versions.set(version, state);
    return state;
  }

  *[Symbol.iterator](): Generator<ModelState> {
    for (const versions of this.#models.values()) yield* versions.values();
  }

  get size(): number {
    let count = 0;
    for (const versions of this.#models.values()) count += versions.size;
    return count;
  }

  #versionsOf(name: string): Map<string, ModelState> {
    let versions = this.#models.get(name);
    if (versions === undefined) {
      versions = new Map();
      this.#models.set(name, versions);
    }
    return versions;
  }
}
