import { SeededRandom } from '@telltale/statistics';

import { readTable } from '../csv/read-table.ts';
import { NewestRows, RandomRows, type RowSample } from '../csv/row-sample.ts';
import { type ColumnChoice, type PlannedColumn, planColumns } from './column-plan.ts';

export interface ReadSampleOptions extends ColumnChoice {
  readonly separator?: string;
  readonly rowsMax: number;
  readonly isShuffled: boolean;
  readonly seed: number;
  readonly onProgress?: (bytes: number) => void;
}

/** Cells of the columns that are needed, of the rows that were kept. */
export interface ColumnSample {
  readonly planned: readonly PlannedColumn[];
  readonly rowsRead: number;
  readonly cells: (column: string) => readonly string[];
}

/** Cells held at one time, whatever the file: about 200 MB at worst. */
const CELLS_MAX = 4_000_000;

/**
 * Reads the columns that are needed out of a table of any size: the newest rows, or rows taken evenly
 * where they are in no order of time.
 *
 * @throws {CsvError} for what is no table
 * @throws {ColumnError} for columns that it does not have
 */
export async function readSample(path: string, options: ReadSampleOptions): Promise<ColumnSample> {
  const { separator, onProgress, score, label } = options;
  let planned: readonly PlannedColumn[] = [];
  let needed: readonly string[] = [];
  let places: readonly number[] = [];
  let sample: RowSample = new NewestRows(1);
  let rowsRead = 0;
  await readTable(
    path,
    {
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
    {
      ...(separator === undefined ? {} : { separator }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  );
  const rows = sample.rows();
  const cells = (column: string): readonly string[] => {
    const place = needed.indexOf(column);
    return rows.map((row) => row[place] ?? '');
  };
  return { planned, rowsRead, cells };
}

function sampleOf(columns: number, { rowsMax, isShuffled, seed }: ReadSampleOptions): RowSample {
  const fitting = Math.max(1, Math.min(rowsMax, Math.floor(CELLS_MAX / Math.max(1, columns))));
  return isShuffled ? new RandomRows(fitting, new SeededRandom(seed)) : new NewestRows(fitting);
}
