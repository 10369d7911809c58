import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export type Program = 'otelcol' | 'prometheus' | 'alertmanager' | 'jaeger';

/**
 * Paths of the programs: built by `npm run tools`; Tempo where TELLTALE_TEMPO_BIN names one.
 *
 * @throws {Error} that names every program that is missing, and what to do
 */
export function findPrograms(
  names: readonly Program[],
  env: NodeJS.ProcessEnv = process.env,
): { readonly paths: Readonly<Record<Program, string>>; readonly tempo: string | undefined } {
  const folder = execFileSync('sh', [join(ROOT, 'tools/build.sh'), '--directory'], {
    encoding: 'utf8',
  }).trim();
  const jaeger = execFileSync('sh', [join(ROOT, 'tools/jaeger.sh'), '--path'], {
    encoding: 'utf8',
  }).trim();
  const pathOf = (name: Program): string => (name === 'jaeger' ? jaeger : join(folder, name));
  const paths = Object.fromEntries(names.map((name) => [name, pathOf(name)]));
  const missing = names.filter((name) => !isProgram(pathOf(name)));
  if (missing.length > 0) {
    throw new Error(
      `Cannot start the stack: ${missing.join(', ')} not built; run "npm run tools:stack" (it needs Go)`,
    );
  }
  const tempo = env['TELLTALE_TEMPO_BIN'];
  if (tempo !== undefined && !isProgram(tempo)) {
    throw new Error(`Cannot start Tempo: TELLTALE_TEMPO_BIN names no program: ${tempo}`);
  }
  return { paths: paths as Record<Program, string>, tempo };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
