import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CsvError, readCsvRecords } from '../../../collector/src/cli/csv.ts';
import { CsvColumn } from '../../../collector/src/cli/csv-column.ts';

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

function piecesOf(text: string, length = 1): Uint8Array[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}

async function read(pieces: Iterable<Uint8Array>): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  await readCsvRecords(pieces, (cells, line) => records.push({ cells, line }));
  return records;
}

const cellsOf = (records: readonly CsvRecord[]): (readonly string[])[] =>
  records.map(({ cells }) => cells);

describe('readCsvRecords', () => {
  test.for([
    [
      'plain',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no end of the last line',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'Windows line ends',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'old Mac line ends',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['blank lines', 'a\n\n\r\n1\n\n', [['a'], ['1']]],
    [
      'empty fields',
      'a,,\n,,1\n',
      [
        ['a', '', ''],
        ['', '', '1'],
      ],
    ],
    ['quotes', '"a","b,""c""\nd"\n', [['a', 'b,"c"\nd']]],
    ['an empty quoted field', '""\n', [['']]],
    ['a byte order mark', '\uFEFFa\n1\n', [['a'], ['1']]],
    ['nothing', '', []],
  ] as const)('reads %s', async ([, text, cells]) => {
    expect(cellsOf(await read([Buffer.from(text)]))).toEqual(cells);
    expect(cellsOf(await read(piecesOf(text)))).toEqual(cells);
  });

  test('says at which line a record starts', async () => {
    const records = await read(piecesOf('a\n\n"x\r\ny"\r\n\r\n"\n"\nb\n', 3));
    expect(records.map(({ line }) => line)).toEqual([1, 3, 6, 8]);
  });

  test.for([
    ['a\n"b\n\n', 'line 2: no closing quote of cell 1'],
    ['a,b\n\n"\r\n",1\n\nx"y,1\n', 'line 6: a quote inside cell 1'],
    ['1,"a"b\n', 'line 1: text after the closing quote of cell 2'],
    [`a\n"${'x'.repeat(5_000_000)}`, 'line 2: a record of more than 4194304 bytes'],
    [`a\n\n${','.repeat(5_000_000)}`, 'line 3: a record of more than 4194304 bytes'],
    [`a\n${','.repeat(10_000)}\n`, 'line 2: more than 10000 cells'],
  ] as const)('refuses %#', async ([text, message]) => {
    const reading = read(piecesOf(text, 64 * 1024));
    await expect(reading).rejects.toThrow(CsvError);
    await expect(reading).rejects.toThrow(message);
  });

  test('refuses what is not UTF-8', async () => {
    const latin1 = [Buffer.from('a\n'), Buffer.from('\xE9\n', 'latin1')];
    await expect(read(latin1)).rejects.toThrow('text that is not UTF-8');
    await expect(read([Buffer.of(0x61, 0xc3)])).rejects.toThrow('text that is not UTF-8');
  });

  test('reads back what was written, in pieces of any size', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'),
      maxLength: 6,
    });
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (table, length) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = table.map((row) => row.map(quote).join(',')).join('\r\n');
        expect(cellsOf(await read(piecesOf(text, length)))).toEqual(table);
      }),
    );
  });
});

test('CsvColumn keeps every n-th cell of a long file, in order', () => {
  const column = new CsvColumn();
  for (let index = 0; index < 450_000; index += 1) column.add(String(index));
  expect([column.stride, column.cells.length, ...column.cells.slice(0, 3)]).toEqual([
    4,
    112_500,
    '0',
    '4',
    '8',
  ]);
});
