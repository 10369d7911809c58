import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sha256 } from '@telltale/instrument';

/** Digits of a hash that name a file; two streams of one process do not share them. */
const NAME_LENGTH = 32;

/**
 * The last baseline of the fleet for each stream, on disk: for starts without the fleet. Losing it
 * costs nothing but a learned baseline, so every failure is silent.
 */
export class BaselineCache {
  readonly #folder: string | undefined;

  /** @param folder made when something is kept; without one nothing is */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** @param name anything that names the stream and the fleet */
  async read(name: string): Promise<string | undefined> {
    const path = this.path(name);
    return path === undefined ? undefined : readFile(path, 'utf8').catch(() => undefined);
  }

  async write(name: string, text: string): Promise<void> {
    const path = this.path(name);
    if (path === undefined || this.#folder === undefined) return;
    const unfinished = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // A baseline holds values of the application: only its own user may read them.
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, path);
    } catch {
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  async forget(name: string): Promise<void> {
    const path = this.path(name);
    if (path !== undefined) await rm(path, { force: true }).catch(() => undefined);
  }

  path(name: string): string | undefined {
    if (this.#folder === undefined) return undefined;
    return join(this.#folder, `baseline-${sha256(name).slice(0, NAME_LENGTH)}.json`);
  }
}
