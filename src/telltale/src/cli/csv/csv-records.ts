import { pipeline } from 'node:stream/promises';

import type { InfoRecord, CsvError as ParserError } from 'csv-parse';

/** What breaks a file of comma-separated values, and the line of it, from 1. */
export class CsvError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'CsvError';
    this.line = line;
  }
}

export interface CsvRecordsOptions {
  /** One character; default: a comma. */
  readonly separator?: string;
  /** Called with the cells of every record and the line on which it begins, from 1. */
  readonly onRecord: (cells: readonly string[], line: number) => void;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** A record this long is a quote that nobody closed, and would take all memory. */
const RECORD_LENGTH_MAX = 4 * 1024 * 1024;
const CELLS_MAX = 10_000;

/**
 * Reads comma-separated values (RFC 4180) in UTF-8 as they arrive, with or without a byte order
 * mark; lines end in CR LF, LF or CR. A blank line is a record of one empty cell.
 *
 * @throws {CsvError} for what is no such text
 */
export async function readCsvRecords(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { separator = ',', onRecord, onProgress }: CsvRecordsOptions,
): Promise<void> {
  const { CsvError: Unreadable, parse } = await import('csv-parse');
  const lines = new RecordLines();
  const parser = parse({
    bom: true,
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: RECORD_LENGTH_MAX,
    // The cell beyond the last one takes the rest of the record: empty cells have no size.
    ignore_last_delimiters: CELLS_MAX + 1,
    on_record: (cells: string[], info) => {
      const line = lines.take(cells, info);
      if (cells.length > CELLS_MAX) {
        throw new CsvError(`Cannot read more than ${CELLS_MAX} cells in a record`, line);
      }
      onRecord(cells, line);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(pieces, (read) => checkedUtf8(read, lines, onProgress), parser);
  } catch (cause) {
    throw cause instanceof Unreadable ? new CsvError(refusal(cause), lines.next) : cause;
  }
}

async function* checkedUtf8(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  lines: RecordLines,
  onProgress?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const check = (piece?: Uint8Array): void => {
    try {
      decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      const message = 'Cannot read text that is not UTF-8, on this line or one of the next ones';
      throw new CsvError(message, lines.next);
    }
  };
  for await (const piece of pieces) {
    check(piece);
    yield piece;
    bytes += piece.length;
    onProgress?.(bytes);
  }
  check();
}

/** Where records begin: the parser takes a CR LF within quotes for two lines. */
class RecordLines {
  /** Line on which the next record begins. */
  next = 1;
  #parserLine = 0;

  take(cells: readonly string[], { lines }: InfoRecord): number {
    const line = this.next;
    const isOneLine = lines === this.#parserLine + 1;
    this.#parserLine = lines;
    this.next += isOneLine ? 1 : cells.join('').split('\n').length;
    return line;
  }
}

const REFUSALS: Readonly<Record<string, (cell: string) => string>> = {
  INVALID_OPENING_QUOTE: (cell) =>
    `Cannot read ${cell}: there is a quote inside, but none around it`,
  CSV_INVALID_CLOSING_QUOTE: (cell) =>
    `Cannot read ${cell}: expected a separator or a new line after its closing quote`,
  CSV_QUOTE_NOT_CLOSED: (cell) => `Cannot find the closing quote of ${cell}`,
  CSV_MAX_RECORD_SIZE: () =>
    `Cannot read a record of more than ${RECORD_LENGTH_MAX} bytes: a quote may not be closed`,
};

const refusal = ({ code, column, message }: ParserError): string =>
  REFUSALS[code]?.(`cell ${Number(column) + 1} of the record that begins here`) ??
  `Cannot read the record that begins here: ${message}`;
