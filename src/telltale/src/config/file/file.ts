import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { OptionValue, Problem } from '@telltale/core';

/** Bytes of a configuration file; more is surely another file. */
const FILE_BYTES_MAX = 1024 * 1024;

export interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, OptionValue>;
  /** `onnxruntime.models`, checked by `models.ts`. */
  readonly models: unknown;
  readonly problems: readonly Problem[];
  /** Adds where in the file the path of a problem stands, as far as it exists. */
  locate(problem: Problem): Problem;
}

export interface FileSource {
  readonly path: string;
  readonly text: string;
}

/** Reads the named file, or `telltale.yaml` or `telltale.json` of the folder if there is one. */
export function findConfigFile(
  named: string | undefined,
  folder: string,
): FileSource | Problem | undefined {
  const candidates = named === undefined ? ['telltale.yaml', 'telltale.json'] : [named];
  for (const candidate of candidates) {
    const path = resolve(folder, candidate);
    try {
      const text = readFileSync(path, 'utf8');
      if (text.length > FILE_BYTES_MAX) {
        return { path, message: `Cannot read it: it is larger than ${FILE_BYTES_MAX} bytes` };
      }
      return { path, text };
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (named === undefined && code === 'ENOENT') continue;
      return { path, message: `Cannot read the configuration file: ${code ?? String(cause)}` };
    }
  }
  return undefined;
}
