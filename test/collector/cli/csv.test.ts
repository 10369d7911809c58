import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CsvReader, type CsvRecord } from '../../../collector/src/cli/csv.ts';
import { CsvColumn } from '../../../collector/src/cli/csv-column.ts';

function read(text: string, pieceLength = text.length || 1): CsvRecord[] {
  const reader = new CsvReader();
  const records: CsvRecord[] = [];
  for (let from = 0; from < text.length; from += pieceLength) {
    records.push(...reader.read(text.slice(from, from + pieceLength)));
  }
  return [...records, ...reader.end()];
}

const fieldsOf = (text: string): (readonly string[])[] => read(text).map(({ fields }) => fields);

describe('CsvReader', () => {
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
  ] as const)('reads %s', ([, text, fields]) => {
    expect(fieldsOf(text)).toEqual(fields);
  });

  test('says at which line a record starts', () => {
    const lines = read('a\n"x\ny"\r\nb\n').map(({ line }) => line);
    expect(lines).toEqual([1, 2, 4]);
  });

  test.for([
    ['a\n"b', 'line 2, column 2: a quoted field does not end'],
    ['a,b\nx"y,1\n', 'line 2, column 2: a quote inside a field that is not quoted'],
    ['"a"b\n', 'line 1, column 4: text after the end of a quoted field'],
  ] as const)('refuses %j', ([text, message]) => {
    expect(() => read(text)).toThrow(message);
  });

  test('reads back what was written, in pieces of any size', () => {
    const field = fc.string({
      unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'),
      maxLength: 6,
    });
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (table, pieceLength) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = table.map((row) => row.map(quote).join(',')).join('\r\n');
        expect(read(text, pieceLength).map(({ fields }) => fields)).toEqual(table);
        return true;
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
