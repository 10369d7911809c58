import { readFileSync } from 'node:fs';

import type { Config } from '../config.ts';
import { reasonOf, report } from '../diagnostics.ts';
import { ApiKeys } from './auth.ts';

const KEYS_MAX = 1_000;

/**
 * The keys of the configuration: one in `TELLTALE_API_KEY`, and one a line in the file of
 * `TELLTALE_API_KEYS_FILE`, where `#` starts a comment. The file is read once; when it cannot be
 * read, or holds no key, everything that needs one stays closed.
 */
export function readKeys(config: Config): ApiKeys {
  const single = config.text('monitoring.api_key');
  const path = config.text('monitoring.api_keys_file');
  const keys = single === undefined ? [] : [single];
  if (path === undefined) return new ApiKeys(keys);
  const fromFile = readKeyFile(path);
  if (fromFile.length === 0 && keys.length === 0) {
    report('api keys', `Cannot find an API key in "${path}": /monitoring stays closed`);
  }
  return new ApiKeys([...keys, ...fromFile], true);
}

function readKeyFile(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/u)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .slice(0, KEYS_MAX);
  } catch (cause) {
    report('api keys file', `Cannot read the API keys in "${path}": ${reasonOf(cause)}`);
    return [];
  }
}
