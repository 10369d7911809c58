import type { Document, LineCounter } from 'yaml';

import type { EntryProblem } from '../../notify/channels/kind.ts';
import { ConfigError, type ConfigProblem } from '../config-error.ts';
import { positionOf } from '../yaml-position.ts';

/** Collects what is wrong with a file, by path, and words it with lines at the end. */
export class ProblemList {
  readonly #problems: EntryProblem[] = [];

  add(path: EntryProblem['path'], message: string): void {
    this.#problems.push({ path, message });
  }

  /** Takes over problems of a part; their paths are below `path`. */
  addBelow(path: EntryProblem['path'], problems: readonly EntryProblem[]): void {
    for (const problem of problems) this.add([...path, ...problem.path], problem.message);
  }

  /** @throws {ConfigError} when there is any. */
  throwIfAny(file: string, document: Document, lines: LineCounter): void {
    if (this.#problems.length === 0) return;
    const problems = this.#problems.map(({ path, message }): ConfigProblem & { line: number } => {
      return { file, ...positionOf(document, lines, path), path: formatPath(path), message };
    });
    throw new ConfigError(problems.sort((left, right) => left.line - right.line));
  }
}

function formatPath(path: EntryProblem['path']): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./u, '');
}
