import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export type Program = 'otelcol' | 'prometheus' | 'alertmanager' | 'jaeger' | 'jaeger-2';

/** Where the recipe of a program puts it, whether it is built or not. */
export function programPath(name: Program): string {
  if (name === 'jaeger') return answerOf('jaeger.sh', '--path');
  if (name === 'jaeger-2') return answerOf('peers.sh', '--path', 'jaeger');
  return join(answerOf('build.sh', '--directory'), name);
}

/**
 * Paths of the programs: built by `npm run tools`; Tempo where TELLTALE_TEMPO_BIN names one.
 *
 * @throws {Error} that names every program that is missing, and what to do
 */
export function findPrograms(
  names: readonly Program[],
  env: NodeJS.ProcessEnv = process.env,
): { readonly paths: Readonly<Record<Program, string>>; readonly tempo: string | undefined } {
  const paths = Object.fromEntries(names.map((name) => [name, programPath(name)]));
  const missing = names.filter((name) => !isProgram(programPath(name)));
  if (missing.length > 0) {
    const recipe = missing.includes('jaeger-2')
      ? 'sh tools/peers.sh jaeger'
      : 'npm run tools:stack';
    throw new Error(
      `Cannot start the stack: ${missing.join(', ')} not built; run "${recipe}" (it needs Go)`,
    );
  }
  const tempo = env['TELLTALE_TEMPO_BIN'];
  if (tempo !== undefined && !isProgram(tempo)) {
    throw new Error(`Cannot start Tempo: TELLTALE_TEMPO_BIN names no program: ${tempo}`);
  }
  return { paths: paths as Record<Program, string>, tempo };
}

/** What a recipe says of where it puts its programs. */
const answerOf = (recipe: string, ...args: readonly string[]): string =>
  execFileSync('sh', [join(ROOT, 'tools', recipe), ...args], { encoding: 'utf8' }).trim();

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
