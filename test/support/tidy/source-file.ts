import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../../..');

/** A source file as the tidy checks see it: text, and what it imports by name. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?[\w*{][^;'"`=()]*?\bfrom\s+'([^']+)'|\b(?:import|require)\s*\(\s*'([^'\s]+)'|(?:^|\n)\s*import\s+'([^']+)'/gu;

export function sourceFile(path: string, text: string): SourceFile {
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return { path, text, imports };
}

/** Every TypeScript source below a folder. Throws when there is none: a check of nothing passes. */
export function sourcesBelow(folder: string): readonly SourceFile[] {
  const paths = globSync(`${folder}/**/*.{ts,cts,mts,tsx}`, {
    cwd: ROOT,
    exclude: (path) => /(?:^|\/)(?:node_modules|dist|\.cache|golden)(?:\/|$)/u.test(String(path)),
  }).toSorted();
  if (paths.length === 0) throw new Error(`Cannot check "${folder}": no source found`);
  return paths.map((path) => sourceFile(path, readFileSync(join(ROOT, path), 'utf8')));
}
