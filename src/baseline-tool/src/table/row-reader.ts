/** What a table is read into, whatever file it comes from. */
export interface RowReader {
  /** Called once, with the names of the columns. */
  readonly onHeader: (names: readonly string[]) => void;
  /** Called with every row: a text for every column, empty where there is no value. */
  readonly onRow: (cells: readonly string[]) => void;
  /** Called with what a reader should know, such as a separator that was found out. */
  readonly onNote: (note: string) => void;
}

export interface ReadTableOptions {
  /** Of separated values; absent: found out from the first lines. */
  readonly separator?: string | undefined;
  /** The newest rows that are needed; absent: all of them. */
  readonly rowsMax?: number | undefined;
  /** Called with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}
