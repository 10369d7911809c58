import { open } from 'node:fs/promises';

import { cellOf } from './cell-of.ts';
import type { ReadTableOptions, RowReader } from './row-reader.ts';
import { TableError } from './table-error.ts';

/** Rows that are read at one time. */
const BATCH_ROWS = 20_000;

/**
 * Reads a Parquet file of flat columns, a batch of rows at a time; of a long one only the newest rows
 * that are needed.
 *
 * @throws {TableError} for what is no such file
 */
export async function readParquet(
  path: string,
  reader: RowReader,
  { rowsMax, onProgress }: ReadTableOptions,
): Promise<void> {
  // Loaded here, so that other tables do not pay for it.
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const file = {
      byteLength: size,
      slice: async (start: number, end = size): Promise<ArrayBuffer> => {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    reader.onHeader(names);
    const rows = Number(metadata.num_rows);
    const first = rowsMax === undefined ? 0 : Math.max(0, rows - rowsMax);
    for (let rowStart = first; rowStart < rows; rowStart += BATCH_ROWS) {
      const rowEnd = Math.min(rows, rowStart + BATCH_ROWS);
      const batch = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
      for (const row of batch) reader.onRow(names.map((name) => cellOf(row[name])));
      onProgress?.((size * rowEnd) / rows);
    }
  } catch (cause) {
    if (cause instanceof TableError) throw cause;
    throw new TableError(`Cannot read it as Parquet: ${(cause as Error).message}`, 1);
  } finally {
    await handle.close();
  }
}
