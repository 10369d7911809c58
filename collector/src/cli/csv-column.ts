/** Records kept of a column; of longer files every n-th, in their order. */
const RECORDS_MAX = 200_000;

/** The cells of one column of a long file, at most a fixed number of them. */
export class CsvColumn {
  #cells: string[] = [];
  #stride = 1;
  #seen = 0;

  /** Every how many records one was kept. */
  get stride(): number {
    return this.#stride;
  }

  get cells(): readonly string[] {
    return this.#cells;
  }

  add(cell: string): void {
    if (this.#seen % this.#stride === 0) this.#cells.push(cell);
    this.#seen += 1;
    if (this.#cells.length <= RECORDS_MAX) return;
    this.#cells = this.#cells.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}
