/** A record of a file of comma-separated values. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line on which it begins, from 1. */
  readonly line: number;
}

/** What breaks a file of comma-separated values, and where: line and column from 1. */
export class CsvError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, place: { readonly line: number; readonly column: number }) {
    super(message);
    this.name = 'CsvError';
    this.line = place.line;
    this.column = place.column;
  }
}

type State = 'cell start' | 'plain' | 'quoted' | 'after quote';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;
/** A cell this long is a quote that nobody closed, and would take all memory. */
const CELL_LENGTH_MAX = 1024 * 1024;
const CELLS_MAX = 10_000;

/**
 * Reads comma-separated values (RFC 4180) piece by piece: quoted cells with doubled quotes, commas
 * and line breaks, lines that end in CR LF, LF or CR, and a byte order mark. Whatever the pieces
 * are cut at, the records are the same.
 */
export class CsvParser {
  readonly #separator: number;
  #chunk = '';
  #at = 0;
  /** Characters before this chunk, and before this line. */
  #before = 0;
  #lineStart = 0;
  #line = 1;
  #recordLine = 1;
  #state: State = 'cell start';
  #cell = '';
  #cells: string[] = [];
  #isAfterReturn = false;
  #isStarted = false;
  #records: CsvRecord[] = [];

  /** @param separator one character */
  constructor(separator = ',') {
    this.#separator = separator.charCodeAt(0);
  }

  /**
   * The records that end in this piece.
   *
   * @throws {CsvError} at the first character that no such file has
   */
  push(chunk: string): readonly CsvRecord[] {
    this.#chunk = chunk;
    this.#at = 0;
    if (!this.#isStarted && chunk.length > 0) {
      this.#isStarted = true;
      if (chunk.charCodeAt(0) === BYTE_ORDER_MARK) {
        this.#at = 1;
        this.#lineStart = 1;
      }
    }
    while (this.#at < chunk.length) this.#step();
    this.#before += chunk.length;
    return this.#take();
  }

  /**
   * The last record, where no line break ends it.
   *
   * @throws {CsvError} when the text ends inside quotes
   */
  end(): readonly CsvRecord[] {
    this.#chunk = '';
    this.#at = 0;
    if (this.#state === 'quoted') {
      throw new CsvError('Cannot find the end of a quoted cell of the record that begins here', {
        line: this.#recordLine,
        column: 1,
      });
    }
    if (this.#state !== 'cell start' || this.#cells.length > 0) this.#endRecord();
    return this.#take();
  }

  #take(): readonly CsvRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #step(): void {
    if (this.#isAfterReturn) {
      this.#isAfterReturn = false;
      if (this.#chunk.charCodeAt(this.#at) === LINE_FEED) {
        this.#at += 1;
        this.#lineStart += 1;
        return;
      }
    }
    switch (this.#state) {
      case 'cell start':
        return this.#startCell();
      case 'plain':
        return this.#readPlain();
      case 'quoted':
        return this.#readQuoted();
      case 'after quote':
        return this.#readAfterQuote();
    }
  }

  #startCell(): void {
    if (this.#chunk.charCodeAt(this.#at) !== QUOTE) {
      this.#state = 'plain';
      return;
    }
    this.#state = 'quoted';
    this.#at += 1;
  }

  #readPlain(): void {
    const chunk = this.#chunk;
    const separator = this.#separator;
    let end = this.#at;
    while (end < chunk.length) {
      const code = chunk.charCodeAt(end);
      if (code === separator || code <= QUOTE) {
        if (isSpecial(code, separator)) break;
      }
      end += 1;
    }
    this.#append(chunk.slice(this.#at, end));
    this.#at = end;
    if (end < chunk.length) this.#endCell('Cannot read a quote inside a cell that has none around');
  }

  #readQuoted(): void {
    const chunk = this.#chunk;
    const found = chunk.indexOf('"', this.#at);
    const end = found < 0 ? chunk.length : found;
    const text = chunk.slice(this.#at, end);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.#line += 1;
      this.#lineStart = this.#before + this.#at + at + 1;
    }
    this.#append(text);
    this.#at = end;
    if (found < 0) return;
    this.#at += 1;
    this.#state = 'after quote';
  }

  #readAfterQuote(): void {
    if (this.#chunk.charCodeAt(this.#at) !== QUOTE) {
      this.#endCell('Cannot read what follows a closing quote: expected a separator or a new line');
      return;
    }
    this.#append('"');
    this.#at += 1;
    this.#state = 'quoted';
  }

  /** Ends the cell at a separator or a line break; anything else here is an error. */
  #endCell(refusal: string): void {
    const code = this.#chunk.charCodeAt(this.#at);
    if (code !== this.#separator && code !== LINE_FEED && code !== CARRIAGE_RETURN) {
      throw new CsvError(refusal, this.#place());
    }
    this.#at += 1;
    if (code === this.#separator) {
      this.#pushCell();
      return;
    }
    this.#endRecord();
    this.#isAfterReturn = code === CARRIAGE_RETURN;
    this.#line += 1;
    this.#lineStart = this.#before + this.#at;
    this.#recordLine = this.#line;
  }

  #pushCell(): void {
    if (this.#cells.length >= CELLS_MAX) {
      throw new CsvError(`Cannot read more than ${CELLS_MAX} cells in a record`, this.#place());
    }
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'cell start';
  }

  #endRecord(): void {
    this.#pushCell();
    this.#records.push({ cells: this.#cells, line: this.#recordLine });
    this.#cells = [];
  }

  #append(text: string): void {
    this.#cell = this.#cell === '' ? text : this.#cell + text;
    if (this.#cell.length <= CELL_LENGTH_MAX) return;
    const message = `Cannot read a cell of more than ${CELL_LENGTH_MAX} characters: a quote may not be closed`;
    throw new CsvError(message, { line: this.#recordLine, column: 1 });
  }

  #place(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.#before + this.#at - this.#lineStart + 1 };
  }
}

const isSpecial = (code: number, separator: number): boolean =>
  code === separator || code === QUOTE || code === LINE_FEED || code === CARRIAGE_RETURN;
