import { SeededRandom } from '@telltale/statistics';

import { type CellRules, normalCell } from '../cells/cell-rules.ts';
import { readTable, type TableFormat } from '../table/read-table.ts';
import { NewestRows, RandomRows, type RowSample } from '../table/row-sample.ts';
import { type ColumnChoice, type PlannedColumn, planColumns } from './column-plan.ts';

export interface ReadSampleOptions extends ColumnChoice {
  readonly separator?: string | undefined;
  readonly format?: TableFormat | undefined;
  readonly rules: CellRules;
  readonly rowsMax: number;
  readonly isShuffled: boolean;
  readonly seed: number;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Cells of the columns that are needed, of the rows that were kept. */
export interface ColumnSample {
  readonly planned: readonly PlannedColumn[];
  readonly rowsRead: number;
  /** Normal cells, see `normalCell`. */
  readonly cells: (column: string) => readonly string[];
  /** Cells as they stand in the table. */
  readonly rawCells: (column: string) => readonly string[];
  /** What a reader should know of the table. */
  readonly notes: readonly string[];
}

/** Cells held at one time, whatever the file: about 200 MB at worst. */
const CELLS_MAX = 4_000_000;

/**
 * Reads the columns that are needed out of a table of any size: the newest rows, or rows taken evenly
 * where they are in no order of time.
 *
 * @throws {TableError} for what is no table
 * @throws {ColumnError} for columns that it does not have
 */
export async function readSample(path: string, options: ReadSampleOptions): Promise<ColumnSample> {
  const { score, label, rules, rowsMax, isShuffled } = options;
  const notes: string[] = [];
  let planned: readonly PlannedColumn[] = [];
  let needed: readonly string[] = [];
  let places: readonly number[] = [];
  let sample: RowSample = new NewestRows(1);
  let rowsRead = 0;
  await readTable(
    path,
    {
      onNote: (note) => notes.push(note),
      onHeader: (header) => {
        planned = planColumns(header, options);
        const named = [...planned.map(({ column }) => column), score, label];
        needed = [...new Set(named)].filter((name) => name !== undefined);
        places = needed.map((name) => header.indexOf(name));
        sample = sampleOf(needed.length, options);
      },
      onRow: (row) => {
        rowsRead += 1;
        sample.add(places.map((place) => row[place] ?? ''));
      },
    },
    { ...options, rowsMax: isShuffled ? undefined : rowsMax },
  );
  const rows = sample.rows();
  const rawCells = (column: string): readonly string[] => {
    const place = needed.indexOf(column);
    return rows.map((row) => row[place] ?? '');
  };
  const cells = (column: string): readonly string[] =>
    rawCells(column).map((cell) => normalCell(cell, rules));
  return { planned, rowsRead, cells, rawCells, notes };
}

function sampleOf(columns: number, { rowsMax, isShuffled, seed }: ReadSampleOptions): RowSample {
  const fitting = Math.max(1, Math.min(rowsMax, Math.floor(CELLS_MAX / Math.max(1, columns))));
  return isShuffled ? new RandomRows(fitting, new SeededRandom(seed)) : new NewestRows(fitting);
}
