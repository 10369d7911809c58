import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Lines of the service's log by type of event; `plain` for those without one. */
export interface LogLines {
  readonly byType: Readonly<Record<string, number>>;
  /** Lines that are not JSON: a line that was torn. */
  readonly torn: number;
}

/** Every whole line of the log as an object, in no order of files. */
export function readLogLines(path: string): readonly Readonly<Record<string, unknown>>[] {
  return logFiles(path).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map(parsed)
      .filter((line) => line !== undefined),
  );
}

/** Counts the lines of every file that stems from one log path, rotated ones included. */
export function countLogLines(path: string): LogLines {
  const byType: Record<string, number> = {};
  let torn = 0;
  for (const file of logFiles(path)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // Spaces at the end fill a page up for a line that a stopped process never wrote.
      if (line.trim() === '') continue;
      const type = typeOf(line);
      if (type === undefined) torn += 1;
      else byType[type] = (byType[type] ?? 0) + 1;
    }
  }
  return { byType, torn };
}

function typeOf(line: string): string | undefined {
  const fields = parsed(line);
  if (fields === undefined) return undefined;
  const { type } = fields;
  return typeof type === 'string' ? type : 'plain';
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** The process id stands before the extension, and a number before the name of a rotated file. */
function logFiles(path: string): string[] {
  const folder = dirname(path);
  const base = basename(path, extname(path));
  try {
    return readdirSync(folder)
      .filter((name) => name.includes(`${base}.`) && name.endsWith(extname(path)))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
