import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DIRECTORY =
  process.env['PROMQLTEST_DIR'] ?? resolve(import.meta.dirname, '../../../../../shared/promqltest');

const EVAL =
  /^[ \t]*eval(?:_\w+)? (?:instant at \S+|range from \S+ to \S+ step \S+)\s+(?<expression>.*)$/gmu;

/** The expression of every `eval` in the scripts of Prometheus; none when they are not at hand. */
export function upstreamExpressions(): readonly string[] {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.test'))
    .flatMap((name) => [...readFileSync(join(DIRECTORY, name), 'utf8').matchAll(EVAL)])
    .map((match) => match.groups?.['expression'] ?? '');
}
