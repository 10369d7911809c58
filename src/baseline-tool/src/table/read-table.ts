import { open } from 'node:fs/promises';

import { readCsv } from './read-csv.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readParquet } from './read-parquet.ts';
import type { ReadTableOptions, RowReader } from './row-reader.ts';

/** How tables are written. */
export type TableFormat = 'csv' | 'jsonl' | 'parquet';

const PARQUET_MAGIC = 'PAR1';
const HEAD_BYTES = 64;

const READERS = { csv: readCsv, jsonl: readJsonLines, parquet: readParquet } as const;

/**
 * Reads a table in whatever of the known formats it is: the first bytes tell.
 *
 * @throws {TableError} with the place of what cannot be read
 */
export async function readTable(
  path: string,
  reader: RowReader,
  options: ReadTableOptions & { readonly format?: TableFormat | undefined },
): Promise<void> {
  const format = options.format ?? (await formatOf(path));
  await READERS[format](path, reader, options);
}

async function formatOf(path: string): Promise<TableFormat> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead).toString('utf8');
    if (head.startsWith(PARQUET_MAGIC)) return 'parquet';
    return /^\uFEFF?\s*\{/u.test(head) ? 'jsonl' : 'csv';
  } finally {
    await file.close();
  }
}
