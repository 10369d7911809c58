import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { type ApiKey, digestKey } from '../exchange/api-key.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { ApiKeyConfig } from './schema/collector-config.ts';

/**
 * The first line of a secret file. Relative names are relative to the configuration's folder.
 *
 * @throws {Error} naming the file, never its content.
 */
export function readSecretFile(folder: string, path: string): string {
  const text = read(folder, path, 'secret file');
  const [line = ''] = text.split(/\r?\n/u);
  if (line.trim() === '') throw new Error(`Cannot use the secret file "${path}": it is empty`);
  return line.trim();
}

/** A whole file that the configuration names, such as a certificate. @throws {Error} naming it. */
export function readConfigFile(folder: string, path: string): string {
  return read(folder, path, 'file');
}

function read(folder: string, path: string, what: string): string {
  try {
    return readFileSync(isAbsolute(path) ? path : join(folder, path), 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new Error(`Cannot read the ${what} "${path}": ${code}`, { cause });
  }
}

/** @throws {ConfigError} with every key that cannot be read. */
export function loadApiKeys(
  keys: readonly ApiKeyConfig[],
  source: { readonly folder: string; readonly env: Readonly<Record<string, string | undefined>> },
): ApiKey[] {
  const problems: ConfigProblem[] = [];
  const loaded = keys.flatMap((key, index): ApiKey[] => {
    try {
      const { name, scopes } = key;
      return [{ name, scopes, digest: digestKey(readKey(key, source)) }];
    } catch (error) {
      const path = `collector.api_keys[${index}]`;
      problems.push({ file: 'telltale.yaml', path, message: (error as Error).message });
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

function readKey(key: ApiKeyConfig, { folder, env }: Parameters<typeof loadApiKeys>[1]): string {
  if (key.key_file !== undefined) return readSecretFile(folder, key.key_file);
  const name = key.key_env ?? '';
  const value = env[name] ?? '';
  if (value === '') throw new Error(`Cannot use the environment variable ${name}: it is not set`);
  return value;
}
