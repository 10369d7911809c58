import { createReadStream } from 'node:fs';

import { CsvError, CsvParser, type CsvRecord } from './csv-parser.ts';

export interface ReadTableOptions {
  readonly separator?: string;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a table is read into. */
export interface TableReader {
  /** Called once, with the names of the columns. */
  onHeader(names: readonly string[], place: TablePlace): void;
  /** Called with every row that has as many cells as the header. */
  onRow(cells: readonly string[]): void;
}

export interface TablePlace {
  readonly line: number;
  readonly column: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file of comma-separated values with a header, of any size, in little memory. Blank lines
 * of a table with several columns are left out; in a table of one column they are empty cells.
 *
 * @throws {CsvError} with line and column for what is no such file
 */
export async function readTable(
  path: string,
  reader: TableReader,
  { separator, onProgress }: ReadTableOptions = {},
): Promise<void> {
  const parser = new CsvParser(separator);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const table = new Rows(reader);
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const piece = chunk as Buffer;
    table.take(parser.push(decode(decoder, piece, table)));
    bytes += piece.length;
    onProgress?.(bytes);
  }
  table.take(parser.push(decode(decoder, undefined, table)));
  table.take(parser.end());
  if (!table.hasHeader) {
    throw new CsvError('Cannot find a header: expected the names of the columns', FIRST);
  }
}

const FIRST: TablePlace = { line: 1, column: 1 };

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  piece: Buffer | undefined,
  { line }: Rows,
): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    const message = 'Cannot read text that is not UTF-8, on this line or one of the next ones';
    throw new CsvError(message, { line: line + 1, column: 1 });
  }
}

class Rows {
  readonly #reader: TableReader;
  #width: number | undefined;
  /** The last line that was read whole. */
  line = 0;

  constructor(reader: TableReader) {
    this.#reader = reader;
  }

  get hasHeader(): boolean {
    return this.#width !== undefined;
  }

  take(records: readonly CsvRecord[]): void {
    for (const { cells, line } of records) {
      this.line = line;
      if (this.#width === undefined) this.#takeHeader(cells, line);
      else if (cells.length === this.#width) this.#reader.onRow(cells);
      else if (cells.length > 1 || cells[0] !== '') throw unequal(cells.length, this.#width, line);
    }
  }

  #takeHeader(cells: readonly string[], line: number): void {
    const place = { line, column: 1 };
    const unnamed = cells.findIndex((name) => name.trim() === '');
    if (unnamed >= 0) {
      throw new CsvError(`Cannot read column ${unnamed + 1}: expected a name in the header`, place);
    }
    const twice = cells.find((name, index) => cells.indexOf(name) !== index);
    if (twice !== undefined) throw new CsvError(`Cannot tell two columns "${twice}" apart`, place);
    this.#width = cells.length;
    this.#reader.onHeader(cells, place);
  }
}

const unequal = (found: number, wanted: number, line: number): CsvError =>
  new CsvError(`Cannot read a row of ${found} cells: the header has ${wanted}`, {
    line,
    column: 1,
  });
