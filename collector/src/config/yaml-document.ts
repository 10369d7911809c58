import { type Alias, type Document, LineCounter, parseDocument, visit } from 'yaml';

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
  const problemAt = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    const [summary = message] = message.split('\n');
    return { file, line, column: col, path: '', message: `Cannot parse YAML: ${summary}` };
  };
  const document = parsed(text, lines, options);
  if (document === undefined) throw new ConfigError([problemAt(0, TOO_DEEP)]);
  const problems = document.errors.map(({ message, pos }) => {
    return problemAt(pos[0], isTooDeep(message) ? TOO_DEEP : message);
  });
  if (problems.length === 0) {
    visit(document, {
      Alias: (_, alias, path) => {
        const fault = aliasFault(alias, document, path);
        if (fault !== undefined) problems.push(problemAt(alias.range?.[0] ?? 0, fault));
      },
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { document, lines };
}

const TOO_DEEP = 'It is nested too deeply';

/** The parser calls itself, and so does what reads its nodes: the stack ends at some depth. */
function isTooDeep(message: string): boolean {
  return message.startsWith('Maximum call stack');
}

/** Nothing but comments and empty lines: a file that is being written, more often than one meant so. */
export function isBlankYaml(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:---\s*)?(?:#.*)?$/u.test(line));
}

/** Nothing for a text that is nested too deeply. */
function parsed(
  text: string,
  lines: LineCounter,
  options: { readonly merge?: boolean },
): Document | undefined {
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      version: '1.2',
      logLevel: 'silent',
      ...options,
    });
    // What follows walks the nodes as deep as this does.
    visit(document, {});
    return document;
  } catch (error) {
    if (isTooDeep((error as Error).message)) return undefined;
    throw error;
  }
}

function aliasFault(
  alias: Alias,
  document: Document,
  path: readonly unknown[],
): string | undefined {
  const target = alias.resolve(document);
  if (target === undefined) return `No anchor "${alias.source}" before this`;
  return path.includes(target) ? `"${alias.source}" holds itself` : undefined;
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
