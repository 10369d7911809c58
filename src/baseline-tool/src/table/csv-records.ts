import { pipeline } from 'node:stream/promises';

import type { InfoRecord, CsvError as ParserError } from 'csv-parse';

import { TableError } from './table-error.ts';

export interface CsvRecordsOptions {
  /** One character; default: a comma. */
  readonly separator?: string;
  /** Called with the cells of every record and the line on which it begins, from 1. */
  readonly onRecord: (cells: readonly string[], line: number) => void;
  /** Called with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A record this long is a quote that nothing closed, and would take all memory. */
const RECORD_LENGTH_MAX = 4 * 1024 * 1024;
const CELLS_MAX = 10_000;

/**
 * Reads separated values (RFC 4180) in UTF-8 as they arrive, with or without a byte order mark;
 * lines end in CR LF, LF or CR. Blank lines are left out: a lone empty value is written as `""`.
 *
 * @returns how many blank lines were left out
 * @throws {TableError} for what is no such text
 */
export async function readCsvRecords(
  pieces: Pieces,
  { separator = ',', onRecord, onProgress }: CsvRecordsOptions,
): Promise<number> {
  const { CsvError: Unreadable, parse } = await import('csv-parse');
  const lines = new RecordLines();
  const parser = parse({
    bom: true,
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: RECORD_LENGTH_MAX,
    // The cell beyond the last one takes the rest of the record: empty cells have no size.
    ignore_last_delimiters: CELLS_MAX + 1,
    on_record: (cells: string[], info) => {
      const line = lines.take(cells, info);
      if (cells.length > CELLS_MAX) {
        throw new TableError(`Cannot read more than ${CELLS_MAX} cells in a record`, line);
      }
      onRecord(cells, line);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(pieces, (read: Pieces) => checkedUtf8(read, { lines, onProgress }), parser);
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const line = lines.beginOf(Number(cause['empty_lines']));
    throw new TableError(refusal(cause), line, Number(cause['column']) + 1 || 1);
  }
  return lines.blank;
}

async function* checkedUtf8(
  pieces: Pieces,
  of: { readonly lines: RecordLines; readonly onProgress: CsvRecordsOptions['onProgress'] },
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const check = (piece?: Uint8Array): void => {
    try {
      decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      const message = 'Cannot read text that is not UTF-8, on this line or one of the next ones';
      throw new TableError(message, of.lines.next);
    }
  };
  for await (const piece of pieces) {
    check(piece);
    yield piece;
    bytes += piece.length;
    of.onProgress?.(bytes);
  }
  check();
}

/** Where records begin: the parser takes a CR LF within quotes for two lines. */
class RecordLines {
  /** Line after the last record. */
  next = 1;
  /** Blank lines so far. */
  blank = 0;
  #parserLine = 0;

  /** Line on which a record begins that so many blank lines of the file precede. */
  beginOf(blank: number): number {
    return this.next + blank - this.blank;
  }

  take(cells: readonly string[], { lines, empty_lines: blank }: InfoRecord): number {
    const line = this.beginOf(blank);
    const isOneLine = lines === this.#parserLine + 1 + (blank - this.blank);
    this.next = line + (isOneLine ? 1 : cells.join('').split('\n').length);
    this.blank = blank;
    this.#parserLine = lines;
    return line;
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'Cannot read a cell with a quote inside, but none around it',
  CSV_INVALID_CLOSING_QUOTE: 'Cannot read a cell with text after its closing quote',
  CSV_QUOTE_NOT_CLOSED: 'Cannot find the closing quote of a cell',
  CSV_MAX_RECORD_SIZE: `Cannot read a record of more than ${RECORD_LENGTH_MAX} bytes: a quote may not be closed`,
};

const refusal = ({ code, message }: ParserError): string =>
  REFUSALS[code] ?? `Cannot read the record that begins here: ${message}`;
