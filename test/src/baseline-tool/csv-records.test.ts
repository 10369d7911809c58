import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readCsvRecords } from '../../../src/baseline-tool/src/table/csv-records.ts';
import { TableError } from '../../../src/baseline-tool/src/table/table-error.ts';

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The records of bytes that arrive in these pieces. */
async function recordsOf(pieces: Iterable<Uint8Array>, separator?: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  await readCsvRecords(pieces, {
    onRecord: (cells, line) => records.push({ cells, line }),
    ...(separator === undefined ? {} : { separator }),
  });
  return records;
}

const read = async (text: string, separator?: string): Promise<(readonly string[])[]> =>
  (await recordsOf([Buffer.from(text)], separator)).map(({ cells }) => cells);

const bytesOf = (text: string): Uint8Array[] => [...Buffer.from(text)].map((one) => Buffer.of(one));

const failureOf = (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => undefined,
    (cause: unknown) => cause,
  );

describe('readCsvRecords', () => {
  test.for<{ name: string; text: string; records: string[][] }>([
    { name: 'nothing', text: '', records: [] },
    {
      name: 'lines in LF',
      text: 'a,b\n1,2\n',
      records: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    {
      name: 'lines in CR LF',
      text: 'a,b\r\n1,2\r\n',
      records: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    {
      name: 'lines in CR',
      text: 'a,b\r1,2\r',
      records: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    { name: 'no last line break', text: 'a\n1', records: [['a'], ['1']] },
    { name: 'a byte order mark', text: '\uFEFFa,b\n', records: [['a', 'b']] },
    {
      name: 'empty cells',
      text: ',\n"",x\n',
      records: [
        ['', ''],
        ['', 'x'],
      ],
    },
    { name: 'an empty last cell', text: 'a,', records: [['a', '']] },
    { name: 'blank lines', text: 'a\n\n\r\nb\n\n', records: [['a'], ['b']] },
    { name: 'an empty quoted cell', text: 'a\n""\nb\n', records: [['a'], [''], ['b']] },
    {
      name: 'quotes',
      text: '"a,b","say ""x""","two\r\nlines"\n',
      records: [['a,b', 'say "x"', 'two\r\nlines']],
    },
    { name: 'spaces stay', text: ' a , b \n', records: [[' a ', ' b ']] },
  ])('$name', async ({ text, records }) => {
    expect(await read(text)).toEqual(records);
    expect((await recordsOf(bytesOf(text))).map(({ cells }) => cells)).toEqual(records);
  });

  test('another separator', async () => {
    expect(await read('a;"b;c"\n1,5;2\n', ';')).toEqual([
      ['a', 'b;c'],
      ['1,5', '2'],
    ]);
  });

  test.for([
    { text: 'a,b\n1,x"y\n', line: 2, column: 2, message: 'a quote inside' },
    { text: 'a,b\n"x"y,1\n', line: 2, column: 1, message: 'after its closing quote' },
    { text: 'a,b\n"two\r\nlines",1\n1,2"\n', line: 4, column: 2, message: 'a quote inside' },
    { text: '\uFEFFa"\n', line: 1, column: 1, message: 'a quote inside' },
    { text: 'a\r\nb\r\n"c\n\n\n', line: 3, column: 1, message: 'the closing quote' },
  ])('$text breaks at line $line', async ({ text, line, column, message }) => {
    for (const pieces of [[Buffer.from(text)], bytesOf(text)]) {
      const error = await failureOf(recordsOf(pieces));
      expect(error).toBeInstanceOf(TableError);
      expect(error).toMatchObject({ line, column, message: expect.stringContaining(message) });
    }
  });

  test.for([
    { name: 'cut in the middle of a character', end: [0xc3] },
    { name: 'in Latin-1', end: [0xe9, 0x0a] },
    { name: 'in UTF-16', end: [0xff, 0xfe] },
  ])('text $name is not UTF-8', async ({ end }) => {
    const error = await failureOf(recordsOf([Buffer.from('a\n1\n'), Buffer.from(end)]));
    expect(error).toMatchObject({ message: expect.stringContaining('that is not UTF-8') });
  });

  function* endless(start: string, piece: Buffer): Generator<Buffer> {
    yield Buffer.from(start);
    for (let read = 0; read < 64 * 1024 * 1024; read += piece.length) yield piece;
    throw new Error('Cannot stop reading');
  }

  test.for([
    { name: 'a quote that is never closed', start: 'a\n"', character: 'x' },
    { name: 'a record of empty cells', start: 'a\n', character: ',' },
  ])('$name does not take all memory', async ({ start, character }) => {
    const piece = Buffer.alloc(64 * 1024, character);
    expect(await failureOf(recordsOf(endless(start, piece)))).toMatchObject({
      line: 2,
      message: 'Cannot read a record of more than 4194304 bytes: a quote may not be closed',
    });
  });

  test('records of too many cells', async () => {
    expect(await failureOf(read(`a\n${','.repeat(10_000)}\n`))).toMatchObject({
      line: 2,
      message: 'Cannot read more than 10000 cells in a record',
    });
    expect((await read(','.repeat(9_999)))[0]).toHaveLength(10_000);
  });

  test('what the reader of records throws is thrown', async () => {
    const broken = new Error('broken');
    const reading = readCsvRecords([Buffer.from('a\n')], {
      onRecord: () => {
        throw broken;
      },
    });
    expect(await failureOf(reading)).toBe(broken);
  });

  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ',', '"', '\n', '\r', ' ', '') });
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
    );

  test('reads back what is written, wherever it is cut', async () => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.tuple(fc.constantFrom('\n', '\r\n', '\r'), fc.boolean()),
        fc.array(fc.nat(40), { maxLength: 20 }),
        async (rows, [lineEnd, isEnded], cuts) => {
          const write = (text: string): string =>
            text === '' || /[",\r\n]/u.test(text) ? quoted(text) : text;
          const text = rows.map((row) => row.map(write).join(',')).join(lineEnd);
          const whole = rows.length > 0 && isEnded ? text + lineEnd : text;
          const bytes = Buffer.from(whole);
          const pieces: Uint8Array[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          pieces.push(bytes.subarray(at));
          expect((await recordsOf(pieces)).map(({ cells }) => cells)).toEqual(rows);
        },
      ),
    );
  });

  test('the line of a record is where it begins', async () => {
    const text = 'a\n"x\r\ny\nz"\n\nb\r\n"\n"\rc\n';
    for (const pieces of [[Buffer.from(text)], bytesOf(text)]) {
      expect((await recordsOf(pieces)).map(({ line }) => line)).toEqual([1, 2, 6, 7, 9]);
    }
  });
});
