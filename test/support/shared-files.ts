import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Path of a file outside the repository that some tests compare with, or `undefined` and one loud
 * line where it is absent.
 *
 * @param variable environment variable that names the folder
 * @param folder where the folder is when the variable is not set, relative to the repository
 */
function sharedFile(variable: string, folder: string, name: string): string | undefined {
  const path = join(process.env[variable] ?? join(ROOT, folder), name);
  if (existsSync(path)) return path;
  process.stderr.write(
    `SKIPPED: "${path}" is absent; set ${variable} to the folder that has "${name}"\n`,
  );
  return undefined;
}

/** A JSON fixture from outside the repository. */
export function sharedFixture(name: string): unknown {
  const path = sharedFile('TELLTALE_FIXTURES_DIR', '../shared/fixtures', name);
  return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'));
}
