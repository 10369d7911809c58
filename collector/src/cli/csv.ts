/** One record of a CSV file. */
export interface CsvRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A CSV file that cannot be read, with the place of the fault. */
export class CsvError extends Error {
  constructor(line: number, column: number, what: string) {
    super(`line ${line}, column ${column}: ${what}`);
    this.name = 'CsvError';
  }
}

const FIELD_LENGTH_MAX = 2 ** 20;

type State = 'start' | 'plain' | 'quoted' | 'quote';

/**
 * Reads CSV after RFC 4180 as it arrives, in pieces of any size: quoted fields with commas, quotes
 * and line ends in them, either kind of line end, a byte order mark. Blank lines are left out.
 */
export class CsvReader {
  #state: State = 'start';
  #field = '';
  #fields: string[] = [];
  #line = 1;
  #column = 0;
  #recordLine = 1;
  #afterReturn = false;
  #isFirst = true;

  /** @throws {CsvError} */
  read(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const character of this.#isFirst ? text.replace(/^\uFEFF/u, '') : text) {
      this.#column += 1;
      this.#take(character, records);
    }
    if (text.length > 0) this.#isFirst = false;
    return records;
  }

  /** The last record, where its line has no end. @throws {CsvError} */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (this.#state === 'quoted') throw this.#error('a quoted field does not end');
    if (this.#field !== '' || this.#fields.length > 0 || this.#state !== 'start') {
      this.#endRecord(records);
    }
    return records;
  }

  #take(character: string, records: CsvRecord[]): void {
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'quote';
      else this.#append(character);
      if (character === '\n') this.#nextLine();
      return;
    }
    const isLineEnd = character === '\n' || character === '\r';
    // The second half of a line end, whose first half has ended the record.
    if (character === '\n' && this.#afterReturn) {
      this.#afterReturn = false;
      this.#column = 0;
      return;
    }
    this.#afterReturn = character === '\r';
    if (character === ',') this.#endField();
    else if (isLineEnd) {
      this.#endRecord(records);
      this.#nextLine();
      this.#recordLine = this.#line;
    } else if (character === '"') this.#openQuote();
    else if (this.#state === 'quote') throw this.#error('text after the end of a quoted field');
    else {
      this.#state = 'plain';
      this.#append(character);
    }
  }

  #openQuote(): void {
    if (this.#state === 'plain') throw this.#error('a quote inside a field that is not quoted');
    if (this.#state === 'quote') this.#append('"');
    this.#state = 'quoted';
  }

  #append(character: string): void {
    this.#field += character;
    if (this.#field.length > FIELD_LENGTH_MAX) {
      throw this.#error(`a field of more than ${FIELD_LENGTH_MAX} characters`);
    }
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  #endRecord(records: CsvRecord[]): void {
    const isBlank = this.#state === 'start' && this.#fields.length === 0;
    this.#endField();
    if (!isBlank) records.push({ line: this.#recordLine, fields: this.#fields });
    this.#fields = [];
  }

  #nextLine(): void {
    this.#line += 1;
    this.#column = 0;
  }

  #error(what: string): CsvError {
    return new CsvError(this.#line, Math.max(1, this.#column), what);
  }
}
