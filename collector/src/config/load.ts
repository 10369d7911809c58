import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import * as v from 'valibot';

import { APPLICATION_KEYS, isFreeKey } from '@telltale/core';

import { ConfigError } from './config-error.ts';
import type { CollectorConfig } from './schema/collector-config.ts';
import { CONFIG_SCHEMA, DATA_DIR_DEFAULT } from './schema/schema.ts';
import { isBlankYaml, plainValue, readYaml } from './yaml-document.ts';
import { positionOf } from './yaml-position.ts';

export interface LoadedConfig {
  readonly config: CollectorConfig;
  /** What relative file names in the configuration are relative to. */
  readonly folder: string;
  /** Where the configuration was read; absent where only defaults hold. */
  readonly file?: string;
  /** The file holds no key at all. */
  readonly isEmpty?: boolean;
}

/** What holds where the configuration says nothing. */
export interface ConfigDefaults {
  readonly dataDir?: string | undefined;
}

/**
 * Reads and checks `telltale.yaml`.
 *
 * @throws {ConfigError} with every problem found.
 */
export function loadConfig(file: string, defaults: ConfigDefaults = {}): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : String(cause);
    throw new ConfigError([
      { file, path: '', message: `Cannot read the configuration: ${reason}` },
    ]);
  }
  const config = withDefaults(parseConfig(text, file), defaults);
  return { config, folder: dirname(resolve(file)), file, isEmpty: isBlankYaml(text) };
}

/**
 * A file that is gone or empty while the service runs was moved, or is being written: the defaults
 * in its place would end every alert.
 *
 * @throws {ConfigError} when the configuration before had a file with keys.
 */
export function refuseVanished(loaded: LoadedConfig, before: LoadedConfig): void {
  const { file } = before;
  if (file === undefined || before.isEmpty === true) return;
  const isGone = loaded.file === undefined;
  if (!isGone && loaded.isEmpty !== true) return;
  const message = isGone
    ? 'Cannot read the configuration: no such file; to run without one, start the service again'
    : 'Cannot use an empty file in place of a configuration: write "collector: {}" to run with defaults';
  throw new ConfigError([{ file, path: '', message }]);
}

/** The configuration of a service without a file. */
export function defaultConfig(defaults: ConfigDefaults = {}): CollectorConfig {
  return withDefaults(v.parse(CONFIG_SCHEMA, {}).collector, defaults);
}

function withDefaults(config: CollectorConfig, { dataDir }: ConfigDefaults): CollectorConfig {
  const isGiven = config.data_dir !== DATA_DIR_DEFAULT;
  return dataDir === undefined || isGiven ? config : { ...config, data_dir: dataDir };
}

/** @throws {ConfigError} with every problem found. */
export function parseConfig(text: string, file: string): CollectorConfig {
  const { document, lines } = readYaml(text, file, { merge: true });
  const result = v.safeParse(CONFIG_SCHEMA, ownSections(plainValue(document, file) ?? {}));
  if (result.success) return result.output.collector;
  const problems = result.issues.map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => key as string | number);
    const position = positionOf(document, lines, path);
    return { file, ...position, path: formatPath(path), message: describeIssue(issue) };
  });
  throw new ConfigError(problems.sort((left, right) => left.line - right.line));
}

/** An application may have its own sections in the same file. */
function ownSections(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const own = Object.entries(value).filter(
    ([key]) => !APPLICATION_KEYS.has(key) && !isFreeKey(key),
  );
  return Object.fromEntries(own);
}

function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./u, '');
}

/** Schemas word their own messages; what valibot words by itself would echo values. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = (issue.path?.at(-1)?.key ?? '') as string;
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `Unknown key "${key}"`;
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    return `Missing key "${key}"`;
  }
  if (!issue.message.startsWith('Invalid ')) return `Cannot use this value: ${issue.message}`;
  return `Cannot use this value: expected ${describeExpected(issue)}`;
}

function describeExpected(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'Array') return 'a list';
  if (issue.expected === 'Object') return 'a map';
  return issue.expected ?? issue.type;
}
