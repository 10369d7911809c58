import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '@telltale/instrument';

import type { StreamSnapshot } from '../stream/stream-snapshot.ts';
import type { DriftOptions } from '../types.ts';
import { SNAPSHOT_SCHEMA } from './snapshot.ts';
import type { StreamArchive } from './stream-table.ts';

const PREFIX = 'drift-stream-';
const FILES_MAX = 1024;
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const NAME_DIGITS = 32;

/** A stream that was put away, as it is written. */
interface StreamFile {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly window: number;
  readonly stream: StreamSnapshot;
}

/**
 * Streams on disk that were idle when others needed room: at most 1024, the oldest leave. Files are
 * small and touched only when a stream leaves or comes back, so they are read and written at once.
 */
export class StreamFiles implements StreamArchive {
  readonly #folder: string;
  readonly #window: number;

  constructor(folder: string, { window }: Pick<DriftOptions, 'window'>) {
    this.#folder = folder;
    this.#window = window;
  }

  put(id: string, stream: StreamSnapshot): boolean {
    const file: StreamFile = { schema: SNAPSHOT_SCHEMA, window: this.#window, stream };
    const text = JSON.stringify(file);
    if (text.length > FILE_BYTES_MAX) return false;
    const path = this.#path(id);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: FOLDER_MODE });
      this.#makeRoom();
      writeFileSync(`${path}.tmp`, text, { mode: FILE_MODE });
      renameSync(`${path}.tmp`, path);
      return true;
    } catch {
      return false;
    }
  }

  take(id: string): StreamSnapshot | undefined {
    const path = this.#path(id);
    try {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size === undefined) return undefined;
      const text = size <= FILE_BYTES_MAX ? readFileSync(path, 'utf8') : '{}';
      rmSync(path, { force: true });
      const { schema, window, stream } = JSON.parse(text) as Partial<StreamFile>;
      return schema === SNAPSHOT_SCHEMA && window === this.#window ? stream : undefined;
    } catch {
      return undefined;
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${PREFIX}${sha256(id).slice(0, NAME_DIGITS)}.json`);
  }

  /** A tenth of the files leaves at a time, because to find the oldest looks at all. */
  #makeRoom(): void {
    const names = readdirSync(this.#folder).filter((name) => name.startsWith(PREFIX));
    if (names.length < FILES_MAX) return;
    const byAge = names
      .map((name) => join(this.#folder, name))
      .map((path) => ({
        path,
        changedMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
      }))
      .toSorted((a, b) => a.changedMs - b.changedMs);
    for (const { path } of byAge.slice(0, Math.ceil(FILES_MAX / 10))) rmSync(path, { force: true });
  }
}
