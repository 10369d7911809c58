import { type Document, LineCounter, parseDocument, visit } from 'yaml';

import { ConfigError, type ConfigProblem } from './config-error.ts';

export interface YamlDocument {
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * A YAML file that can be read as a whole.
 *
 * @throws {ConfigError} with every problem of its syntax, and every alias without an anchor before it.
 */
export function readYaml(
  text: string,
  file: string,
  options: { readonly merge?: boolean } = {},
): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    logLevel: 'silent',
    ...options,
  });
  const problemAt = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    const [summary = message] = message.split('\n');
    return { file, line, column: col, path: '', message: `Cannot parse YAML: ${summary}` };
  };
  const problems = document.errors.map(({ message, pos }) => problemAt(pos[0], message));
  if (problems.length === 0) {
    visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document) !== undefined) return;
        problems.push(problemAt(alias.range?.[0] ?? 0, `No anchor "${alias.source}" before this`));
      },
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { document, lines };
}

/**
 * The document as plain values.
 *
 * @throws {ConfigError} when its aliases unfold into more than a configuration can hold.
 */
export function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    const message = `Cannot read the file: ${(error as Error).message}`;
    throw new ConfigError([{ file, path: '', message }]);
  }
}
