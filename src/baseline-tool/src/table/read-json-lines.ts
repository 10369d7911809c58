import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { cellOf } from './cell-of.ts';
import type { ReadTableOptions, RowReader } from './row-reader.ts';
import { TableError } from './table-error.ts';

const LINE_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * Reads a file with one JSON object a line. The first one names the columns; a field that a later
 * one lacks is empty.
 *
 * @throws {TableError} for a line that is no object, or that has a field the first one has not
 */
export async function readJsonLines(
  path: string,
  reader: RowReader,
  { onProgress }: ReadTableOptions,
): Promise<void> {
  const input = createReadStream(path);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let names: readonly string[] | undefined;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    onProgress?.(input.bytesRead);
    // A byte order mark is no part of the first object.
    const trimmed = text.replace(/^\uFEFF/u, '').trim();
    if (trimmed === '') continue;
    const fields = objectOf(trimmed, line);
    if (names === undefined) {
      names = Object.keys(fields);
      reader.onHeader(names);
    }
    const known = names;
    const unknown = Object.keys(fields).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const message = `Cannot read the field "${unknown}": the first object does not have it`;
      throw new TableError(message, line, Object.keys(fields).indexOf(unknown) + 1);
    }
    reader.onRow(known.map((name) => cellOf(fields[name])));
  }
  if (names === undefined) throw new TableError('Cannot find an object: the file is empty', 1);
}

function objectOf(text: string, line: number): Readonly<Record<string, unknown>> {
  if (text.length > LINE_LENGTH_MAX) {
    throw new TableError(`Cannot read an object of more than ${LINE_LENGTH_MAX} characters`, line);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw new TableError('Cannot read the line: expected one JSON object', line);
}
