import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The scripts that belong to this repository. */
export const OWN_SCRIPTS_FOLDER: string = join(ROOT, 'test/collector/promql');

/** Prometheus 3.14.0, commit d15adb9: the scripts that the expected failures refer to. */
export const UPSTREAM_VERSION = 'Prometheus 3.14.0 (d15adb9)';

/** How many scripts the upstream version has; without the folder so many are skipped. */
export const UPSTREAM_FILES_COUNT = 21;

/** The folder of Prometheus's own scripts, `undefined` where it is absent. */
export function findUpstreamFolder(): string | undefined {
  const folder = process.env['PROMQLTEST_DIR'] ?? resolve(ROOT, '../shared/promqltest');
  return existsSync(folder) ? folder : undefined;
}

/** The scripts of a folder in alphabetical order. */
export function listScripts(folder: string, extension: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(folder, name));
}
