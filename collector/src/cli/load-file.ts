import { existsSync, readFileSync } from 'node:fs';

import { defaultConfig, type LoadedConfig, loadConfig } from '../config/load.ts';

/** The configuration of a service that was given none. */
export const DEFAULT_FILE = 'telltale.yaml';

/** Where data goes when the configuration does not say: the image names its volume here. */
const DATA_DIR_VARIABLE = 'TELLTALE_DATA_DIR';

/** The named file, or the usual one where it is, or the defaults. @throws {ConfigError} */
export function loadFile(file: string | undefined): LoadedConfig {
  const dataDir = process.env[DATA_DIR_VARIABLE] || undefined;
  if (file !== undefined) return loadConfig(file, { dataDir });
  if (existsSync(DEFAULT_FILE)) return loadConfig(DEFAULT_FILE, { dataDir });
  return { config: defaultConfig({ dataDir }), folder: process.cwd() };
}

/** The version of this package. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
