import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { foreignField } from '@telltale/statistics';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import { reasonOf } from './fleet-client.ts';
import {
  adoptBaseline,
  type ParsedFile,
  type Report,
  readBaselineText,
  unusable,
} from './offer.ts';

const FILES_MAX = 1000;
const FILE_BYTES_MAX = 4 * 1024 * 1024;

export interface BaselineFilesOptions {
  /** Files, and folders whose `*.json` files are meant. */
  readonly paths?: readonly string[];
  /** Contents of baseline files, as text or as parsed JSON. */
  readonly inline?: readonly unknown[];
  readonly report: Report;
}

/** What a load of all files came to. */
export interface BaselineFilesLoad {
  /** Files in force now, with those that keep their former content. */
  readonly loaded: number;
  /** Files that could not be read or used. */
  readonly refused: number;
}

/**
 * Baselines from files. Each stream adopts the one that is its own when it is made, or when files
 * are loaded again. A file that turned bad is refused, and what it said before stays in force.
 */
export class BaselineFiles {
  readonly #monitor: DriftMonitor;
  readonly #options: BaselineFilesOptions;
  readonly #detach: () => void;
  #files: ReadonlyMap<string, ParsedFile> = new Map();
  #loading: Promise<BaselineFilesLoad> | undefined;

  constructor(monitor: DriftMonitor, options: BaselineFilesOptions) {
    this.#monitor = monitor;
    this.#options = options;
    this.#detach = monitor.onStream((stream) => this.#offer(stream));
  }

  /** Reads all files again and gives streams what changed. Never rejects. */
  load(): Promise<BaselineFilesLoad> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  stop(): void {
    this.#detach();
  }

  async #load(): Promise<BaselineFilesLoad> {
    const files = new Map<string, ParsedFile>();
    let refused = 0;
    for (const [place, text] of await this.#texts()) {
      const parsed =
        text === undefined ? undefined : readBaselineText(text, place, this.#options.report);
      const kept = parsed ?? this.#files.get(place);
      if (parsed === undefined) refused += 1;
      if (kept !== undefined) files.set(place, kept);
    }
    const loaded = files.size;
    this.#files = files;
    for (const stream of this.#monitor.streams()) this.#offer(stream);
    return { loaded, refused };
  }

  /** The text of each file; none for those that cannot be read. */
  async #texts(): Promise<readonly (readonly [place: string, text: string | undefined])[]> {
    const texts: (readonly [string, string | undefined])[] = [];
    for (const path of await this.#paths()) texts.push([path, await this.#read(path)]);
    for (const [index, content] of (this.#options.inline ?? []).entries()) {
      texts.push([`inline ${index + 1}`, textOf(content)]);
    }
    return texts;
  }

  /** Gives a stream its own file; of several the one of its very version, then the newest. */
  #offer(stream: StreamMonitor): void {
    const own = [...this.#files].filter(
      ([, { baseline }]) => foreignField(baseline, stream.key) === undefined,
    );
    const [best] = own.toSorted(
      ([, { baseline: a }], [, { baseline: b }]) =>
        Number(b.key.version !== '') - Number(a.key.version !== '') || b.createdMs - a.createdMs,
    );
    if (best === undefined) return;
    const [place, file] = best;
    const problem = adoptBaseline(stream, file);
    if (problem !== undefined) this.#options.report(`baseline ${place}`, unusable(place, problem));
  }

  async #paths(): Promise<readonly string[]> {
    const { paths = [], report } = this.#options;
    const found: string[] = [];
    for (const path of paths) {
      try {
        const isFolder = (await stat(path)).isDirectory();
        const names = isFolder ? (await readdir(path)).toSorted() : [];
        const files = names.filter((name) => name.endsWith('.json'));
        found.push(...(isFolder ? files.map((name) => join(path, name)) : [path]));
      } catch (cause) {
        report(`baseline ${path}`, `Cannot read the baselines in "${path}": ${reasonOf(cause)}`);
        found.push(...[...this.#files.keys()].filter((known) => known.startsWith(path)));
      }
    }
    if (found.length > FILES_MAX) {
      report('baselines', `Cannot use more than ${FILES_MAX} baselines: found ${found.length}`);
    }
    return found.slice(0, FILES_MAX);
  }

  async #read(path: string): Promise<string | undefined> {
    const { report } = this.#options;
    try {
      const { size } = await stat(path);
      if (size <= FILE_BYTES_MAX) return await readFile(path, 'utf8');
      const limit = `expected at most ${FILE_BYTES_MAX} bytes: current value is ${size}`;
      report(`baseline ${path}`, unusable(path, { field: '', reason: limit }));
    } catch (cause) {
      report(`baseline ${path}`, unusable(path, { field: '', reason: reasonOf(cause) }));
    }
    return undefined;
  }
}

/** What cannot be JSON is the text of no baseline. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  try {
    return JSON.stringify(content) ?? '';
  } catch {
    return '';
  }
}
