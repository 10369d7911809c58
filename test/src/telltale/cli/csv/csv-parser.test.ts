import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CsvError, CsvParser } from '../../../../../src/telltale/src/cli/csv/csv-parser.ts';

/** The records of a text that arrives in these pieces. */
function parse(pieces: readonly string[], separator = ','): readonly (readonly string[])[] {
  const parser = new CsvParser(separator);
  const records = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  return records.map(({ cells }) => cells);
}

describe('CsvParser', () => {
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
    { name: 'a blank line', text: 'a\n\nb\n', records: [['a'], [''], ['b']] },
    {
      name: 'quotes',
      text: '"a,b","say ""x""","two\r\nlines"\n',
      records: [['a,b', 'say "x"', 'two\r\nlines']],
    },
    { name: 'spaces stay', text: ' a , b \n', records: [[' a ', ' b ']] },
  ])('$name', ({ text, records }) => {
    expect(parse([text])).toEqual(records);
    expect(parse(text.split(''))).toEqual(records);
  });

  test('another separator', () => {
    expect(parse(['a;"b;c"\n1,5;2\n'], ';')).toEqual([
      ['a', 'b;c'],
      ['1,5', '2'],
    ]);
  });

  test.for([
    { text: 'a,b\n1,x"y\n', line: 2, column: 4, message: 'a quote inside a cell' },
    { text: 'a,b\n1,"x"y\n', line: 2, column: 6, message: 'what follows a closing quote' },
    { text: '"two\nlines",1"\n', line: 2, column: 9, message: 'a quote inside a cell' },
    { text: '\uFEFFa"\n', line: 1, column: 2, message: 'a quote inside a cell' },
    { text: 'a\r\nb\r\n"c\n', line: 3, column: 1, message: 'the end of a quoted cell' },
  ])('$text breaks at $line:$column', ({ text, line, column, message }) => {
    const broken = (pieces: readonly string[]): unknown => {
      try {
        return parse(pieces);
      } catch (cause) {
        return cause;
      }
    };
    for (const pieces of [[text], text.split('')]) {
      const error = broken(pieces);
      expect(error).toBeInstanceOf(CsvError);
      expect(error).toMatchObject({ line, column, message: expect.stringContaining(message) });
    }
  });

  test('a quote that nobody closes does not take all memory', () => {
    const parser = new CsvParser();
    const piece = 'x'.repeat(64 * 1024);
    parser.push('a\n"');
    expect(() => {
      for (let count = 0; count < 100; count += 1) parser.push(piece);
    }).toThrow('Cannot read a cell of more than 1048576 characters');
  });

  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ',', '"', '\n', '\r', ' ', '') });
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
    );

  test('reads back what is written, wherever it is cut', () => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        table,
        fc.tuple(fc.constantFrom('\n', '\r\n', '\r'), fc.boolean()),
        fc.array(fc.nat(40), { maxLength: 20 }),
        (rows, [lineEnd, isEnded], cuts) => {
          const write = (text: string): string =>
            text === '' || /[",\r\n]/u.test(text) ? quoted(text) : text;
          const text = rows.map((row) => row.map(write).join(',')).join(lineEnd);
          const whole = rows.length > 0 && isEnded ? text + lineEnd : text;
          const pieces: string[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(whole.slice(at, at + cut));
            at += cut;
          }
          pieces.push(whole.slice(at));
          expect(parse(pieces)).toEqual(rows);
        },
      ),
    );
  });

  test('the line of a record is where it begins', () => {
    const parser = new CsvParser();
    const records = parser.push('a\n"x\ny\nz"\nb\r\nc\n');
    expect(records.map(({ line }) => line)).toEqual([1, 2, 5, 6]);
  });
});
