import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { readCsvRecords } from './csv-records.ts';
import type { ReadTableOptions, RowReader } from './row-reader.ts';
import { TableError } from './table-error.ts';

const SEPARATORS: readonly string[] = [',', ';', '\t', '|'];
const HEAD_BYTES = 65_536;

/** Names that tables give to their row numbers when they are written with them. */
const INDEX_NAME = /^(?:|Unnamed: 0)$/u;

/**
 * Reads a file of separated values with a header, of any size, in little memory.
 *
 * @throws {TableError} with the place of what is no such file
 */
export async function readCsv(
  path: string,
  reader: RowReader,
  options: ReadTableOptions,
): Promise<void> {
  const separator = options.separator ?? (await separatorOf(path));
  if (options.separator === undefined && separator !== ',') {
    reader.onNote(`cells are separated by ${nameOf(separator)}`);
  }
  const rows = new Rows(reader);
  const onRecord = (cells: readonly string[], line: number): void => rows.take(cells, line);
  const { onProgress } = options;
  const blank = await readCsvRecords(createReadStream(path), { separator, onRecord, onProgress });
  if (!rows.hasHeader) {
    throw new TableError('Cannot find a header: expected the names of the columns', 1);
  }
  if (blank > 0 && rows.width === 1) {
    reader.onNote(`${blank} blank lines are left out; an empty value is written as ""`);
  }
}

const nameOf = (separator: string): string => (separator === '\t' ? 'tabs' : `"${separator}"`);

/** The separator that the first lines have most often, and equally often. */
async function separatorOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const text = buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .replaceAll(/"[^"]*"/gu, '');
    const lines = text.split(/\r\n|\n|\r/u).filter((line) => line !== '');
    const [header = '', first = header] = lines;
    const count = (line: string, separator: string): number => line.split(separator).length - 1;
    let best = ',';
    for (const separator of SEPARATORS) {
      const isEven = count(header, separator) === count(first, separator);
      if (isEven && count(header, separator) > count(header, best)) best = separator;
    }
    return best;
  } finally {
    await file.close();
  }
}

class Rows {
  width: number | undefined;
  readonly #reader: RowReader;
  /** Whether the first column holds row numbers. */
  #hasIndex = false;

  constructor(reader: RowReader) {
    this.#reader = reader;
  }

  get hasHeader(): boolean {
    return this.width !== undefined;
  }

  take(cells: readonly string[], line: number): void {
    const { width } = this;
    if (width === undefined) this.#takeHeader(cells, line);
    else if (cells.length === width) this.#reader.onRow(this.#hasIndex ? cells.slice(1) : cells);
    else {
      const found = `Cannot read a row of ${cells.length} cells`;
      const at = Math.min(cells.length, width) + 1;
      throw new TableError(`${found}: the header has ${width}`, line, at);
    }
  }

  #takeHeader(cells: readonly string[], line: number): void {
    const [first = '', ...others] = cells.map((name) => name.trim());
    this.#hasIndex = others.length > 0 && INDEX_NAME.test(first);
    if (this.#hasIndex) {
      const shown = first === '' ? 'without a name' : `"${first}"`;
      this.#reader.onNote(`the first column, ${shown}, numbers the rows and is left out`);
    }
    const names = this.#hasIndex ? others : [first, ...others];
    const offset = cells.length - names.length + 1;
    const unnamed = names.indexOf('');
    if (unnamed >= 0) {
      throw new TableError('Cannot read a column without a name', line, unnamed + offset);
    }
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice >= 0) {
      const message = `Cannot tell two columns "${names[twice]}" apart`;
      throw new TableError(message, line, twice + offset);
    }
    this.width = cells.length;
    this.#reader.onHeader(names);
  }
}
