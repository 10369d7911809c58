import { createReadStream } from 'node:fs';

import { CsvError, readCsvRecords } from './csv-records.ts';

export interface ReadTableOptions {
  readonly separator?: string;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a table is read into. */
export interface TableReader {
  /** Called once, with the names of the columns. */
  onHeader(names: readonly string[]): void;
  /** Called with every row that has as many cells as the header. */
  onRow(cells: readonly string[]): void;
}

/**
 * Reads a file of comma-separated values with a header, of any size, in little memory. Blank lines
 * of a table with several columns are left out; in a table of one column they are empty cells.
 *
 * @throws {CsvError} with the line of what is no such file
 */
export async function readTable(
  path: string,
  reader: TableReader,
  options: ReadTableOptions = {},
): Promise<void> {
  const rows = new Rows(reader);
  const onRecord = (cells: readonly string[], line: number): void => rows.take(cells, line);
  await readCsvRecords(createReadStream(path), { ...options, onRecord });
  if (!rows.hasHeader) {
    throw new CsvError('Cannot find a header: expected the names of the columns', 1);
  }
}

class Rows {
  readonly #reader: TableReader;
  #width: number | undefined;

  constructor(reader: TableReader) {
    this.#reader = reader;
  }

  get hasHeader(): boolean {
    return this.#width !== undefined;
  }

  take(cells: readonly string[], line: number): void {
    const width = this.#width;
    if (width === undefined) this.#takeHeader(cells, line);
    else if (cells.length === width) this.#reader.onRow(cells);
    else if (cells.length > 1 || cells[0] !== '') {
      const found = `Cannot read a row of ${cells.length} cells`;
      throw new CsvError(`${found}: the header has ${width}`, line);
    }
  }

  #takeHeader(cells: readonly string[], line: number): void {
    const unnamed = cells.findIndex((name) => name.trim() === '');
    if (unnamed >= 0) {
      throw new CsvError(`Cannot read column ${unnamed + 1}: expected a name in the header`, line);
    }
    const twice = cells.find((name, index) => cells.indexOf(name) !== index);
    if (twice !== undefined) throw new CsvError(`Cannot tell two columns "${twice}" apart`, line);
    this.#width = cells.length;
    this.#reader.onHeader(cells);
  }
}
