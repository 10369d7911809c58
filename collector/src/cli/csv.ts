import { pipeline } from 'node:stream/promises';

import type { InfoRecord, CsvError as ParserError } from 'csv-parse';

/** A CSV file that cannot be read, with the line of the fault, from 1. */
export class CsvError extends Error {
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.name = 'CsvError';
  }
}

/** A longer record is a quote that nobody closed. */
const RECORD_LENGTH_MAX = 2 ** 22;
const CELLS_MAX = 10_000;

/**
 * Reads CSV after RFC 4180 in UTF-8 as it arrives, in pieces of any size, and hands over each record
 * with the line on which it begins, from 1. Blank lines are left out.
 *
 * @throws {CsvError}
 */
export async function readCsvRecords(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onRecord: (cells: readonly string[], line: number) => void,
): Promise<void> {
  const { CsvError: Unreadable, parse } = await import('csv-parse');
  const lines = new RecordLines();
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: RECORD_LENGTH_MAX,
    // The cell beyond the last one takes the rest of the record: empty cells have no size.
    ignore_last_delimiters: CELLS_MAX + 1,
    on_record: (cells: string[], info) => {
      const line = lines.take(cells, info);
      if (cells.length > CELLS_MAX) throw new CsvError(line, `more than ${CELLS_MAX} cells`);
      onRecord(cells, line);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(pieces, (read) => checkedUtf8(read, lines), parser);
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    throw new CsvError(lines.beginOf(Number(cause['empty_lines'])), refusal(cause));
  }
}

async function* checkedUtf8(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  lines: RecordLines,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (piece?: Uint8Array): void => {
    try {
      decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw new CsvError(lines.next, 'text that is not UTF-8, here or on one of the next lines');
    }
  };
  for await (const piece of pieces) {
    check(piece);
    yield piece;
  }
  check();
}

/** Where records begin: the parser takes a CR LF within quotes for two lines. */
class RecordLines {
  /** Line after the last record. */
  next = 1;
  #blank = 0;
  #parserLine = 0;

  /** Line on which a record begins that so many blank lines of the file precede. */
  beginOf(blank: number): number {
    return this.next + blank - this.#blank;
  }

  take(cells: readonly string[], { lines, empty_lines: blank }: InfoRecord): number {
    const line = this.beginOf(blank);
    const isOneLine = lines === this.#parserLine + 1;
    this.next = line + (isOneLine ? 1 : cells.join('').split('\n').length);
    this.#blank = blank;
    this.#parserLine = lines;
    return line;
  }
}

const REFUSALS: Readonly<Record<string, (cell: string) => string>> = {
  INVALID_OPENING_QUOTE: (cell) => `a quote inside ${cell}, which has none around it`,
  CSV_INVALID_CLOSING_QUOTE: (cell) => `text after the closing quote of ${cell}`,
  CSV_QUOTE_NOT_CLOSED: (cell) => `no closing quote of ${cell}`,
  CSV_MAX_RECORD_SIZE: () =>
    `a record of more than ${RECORD_LENGTH_MAX} bytes; a quote may not be closed`,
};

const refusal = ({ code, column, message }: ParserError): string =>
  REFUSALS[code]?.(`cell ${Number(column) + 1} of the record that begins here`) ?? message;
