/** What breaks a table, and where. */
export class TableError extends Error {
  /** From 1; of a Parquet file the row, which has no lines. */
  readonly line: number;
  /** The cell of the record, from 1. */
  readonly column: number;

  constructor(message: string, line: number, column = 1) {
    super(message);
    this.name = 'TableError';
    this.line = line;
    this.column = column;
  }
}
