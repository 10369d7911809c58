import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

import { parseBaseline, SeededRandom, standardNormal } from '@telltale/statistics';
import { sha256 } from '@telltale/instrumentation-drift';

import { createProgram } from '../../../collector/src/cli/program.ts';
import { addDriftCommands } from '../../../src/telltale/src/cli/commands/drift.ts';

const root = mkdtempSync(join(tmpdir(), 'telltale-awkward-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const SILENT = {
  stdout: () => undefined,
  stderr: () => undefined,
  readStdin: () => new Uint8Array(),
  exit: () => undefined,
};

interface Ran {
  readonly code: number;
  readonly says: string;
  /** What each file holds, without the moment it was made. */
  readonly baselines: Readonly<Record<string, unknown>>;
}

function readAll(folder: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const parsed = parseBaseline(readFileSync(join(folder, name), 'utf8'), sha256);
      if (!parsed.ok) throw new TypeError(parsed.problem.reason);
      return [name, { ...parsed.baseline, createdMs: 0 }];
    }),
  );
}

async function runTelltale(file: string, flags: readonly string[]): Promise<Ran> {
  const out = mkdtempSync(join(root, 'telltale-'));
  let says = '';
  vi.spyOn(console, 'error').mockImplementation((text: string) => {
    says += `${text}\n`;
  });
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  // Any program will do: the command is the one that `telltale` adds to its own.
  const program = createProgram(SILENT);
  addDriftCommands(program);
  const args = ['drift', 'baseline', 'build', file, '--model', 'm', '--out', out, ...flags];
  await program.parseAsync(args, { from: 'user' });
  return { code: Number(process.exitCode ?? 0), says, baselines: readAll(out) };
}

async function runCollector(file: string, flags: readonly string[]): Promise<Ran> {
  const out = mkdtempSync(join(root, 'collector-'));
  const ran = { code: 0, says: '' };
  const program = createProgram({
    stdout: () => undefined,
    stderr: (text) => {
      ran.says += text;
    },
    readStdin: () => new Uint8Array(),
    exit: (code) => {
      ran.code = code;
    },
  });
  const args = ['baseline', 'build', file, '--model', 'm', '--out', out, ...flags];
  await program.parseAsync(args, { from: 'user' });
  return { ...ran, baselines: readAll(out) };
}

const random = new SeededRandom(1);
const ROWS = 1500;
const NUMBERS = Array.from({ length: ROWS }, () =>
  Number((50 + 9 * standardNormal(random)).toFixed(2)),
);
const CLASSES = Array.from(
  { length: ROWS },
  () => ['red', 'green'][random.next() < 0.3 ? 1 : 0] ?? '',
);

const lines = (head: string, row: (number: number, index: number) => string): string =>
  `${[head, ...NUMBERS.map(row)].join('\n')}\n`;
const everyTenth = (index: number, text: string, other: string): string =>
  index % 10 === 3 ? text : other;

/** What every file below holds, however it is written. */
const PLAIN = lines('x,c', (x, index) => `${x},${CLASSES[index]}`);

interface Awkward {
  readonly name: string;
  readonly content: string | Buffer;
  readonly flags?: readonly string[];
  /** The same baselines as of this plain file. */
  readonly like?: string;
  /** What is said, and only that. */
  readonly says: string | RegExp;
  readonly code?: number;
}

const withNulls = (text: string): string =>
  lines('x,c', (x, index) => `${everyTenth(index, text, String(x))},${CLASSES[index]}`);
const objects = NUMBERS.map((x, index) => ({ x, c: CLASSES[index] }));
const ONE = lines('x', (x) => String(x));
const parquet = (codec?: 'SNAPPY' | 'UNCOMPRESSED'): Buffer =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'x', data: NUMBERS, type: 'DOUBLE' },
        { name: 'c', data: CLASSES, type: 'STRING' },
      ],
      ...(codec === undefined ? {} : { codec }),
    }),
  );

const FILES: readonly Awkward[] = [
  { name: 'plain', content: PLAIN, like: PLAIN, says: '' },
  { name: 'CR LF', content: PLAIN.replaceAll('\n', '\r\n'), like: PLAIN, says: '' },
  { name: 'CR', content: PLAIN.replaceAll('\n', '\r'), like: PLAIN, says: '' },
  { name: 'a byte order mark', content: `\uFEFF${PLAIN}`, like: PLAIN, says: '' },
  { name: 'no last line end', content: PLAIN.trimEnd(), like: PLAIN, says: '' },
  { name: 'blank lines', content: PLAIN.replaceAll('\n', '\n\n'), like: PLAIN, says: '' },
  {
    name: 'blank lines in one column',
    content: ONE.replaceAll('\n', '\n\n'),
    like: ONE,
    says: /1500 blank lines are left out/u,
  },
  {
    name: 'empty quoted values in one column',
    content: lines('x', (x, index) => everyTenth(index, '""', String(x))),
    like: lines('x,y', (x, index) => `${everyTenth(index, '', String(x))},`),
    flags: ['--columns', 'x'],
    says: '',
  },
  {
    name: 'everything quoted',
    content: PLAIN.replaceAll(/[^,\n]+/gu, '"$&"'),
    like: PLAIN,
    says: '',
  },
  {
    name: 'spaces around',
    content: lines(' x , c', (x, index) => ` ${x} ,${CLASSES[index]}`),
    like: PLAIN,
    says: '',
  },
  {
    name: 'semicolons',
    content: PLAIN.replaceAll(',', ';'),
    like: PLAIN,
    says: /cells are separated by ";"/u,
  },
  {
    name: 'tabs',
    content: PLAIN.replaceAll(',', '\t'),
    like: PLAIN,
    says: /cells are separated by tabs/u,
  },
  {
    name: 'bars, as the user says',
    content: PLAIN.replaceAll(',', '|'),
    flags: ['--separator', '|'],
    like: PLAIN,
    says: '',
  },
  {
    name: 'the index of pandas',
    content: PLAIN.split('\n')
      .map((line, index) => (line === '' ? '' : `${index === 0 ? '' : index - 1},${line}`))
      .join('\n'),
    like: PLAIN,
    says: /the first column, without a name, numbers the rows and is left out/u,
  },
  {
    name: 'the index of pandas, written twice',
    content: lines('Unnamed: 0,x,c', (x, index) => `${index},${x},${CLASSES[index]}`),
    like: PLAIN,
    says: /"Unnamed: 0", numbers the rows and is left out/u,
  },
  {
    name: 'decimal commas, as the user says',
    content: lines('x;c', (x, index) => `${String(x).replace('.', ',')};${CLASSES[index]}`),
    flags: ['--decimal', ','],
    like: PLAIN,
    says: /separated by ";"/u,
  },
  {
    name: 'decimal commas, of which nothing is said',
    content: lines('x;c', (x) => `${x.toFixed(2).replace('.', ',')};red`),
    flags: ['--columns', 'x'],
    code: 1,
    says: /column "x": it looks like numbers with a decimal comma: add --decimal ,/u,
  },
  {
    name: 'thousands, as the user says',
    content: lines(
      'x,c',
      (x, index) => `"1,0${Math.floor(x).toString().padStart(2, '0')}",${CLASSES[index]}`,
    ),
    flags: ['--thousands', ','],
    like: lines('x,c', (x, index) => `${1000 + Math.floor(x)},${CLASSES[index]}`),
    says: '',
  },
  {
    name: 'thousands, of which nothing is said',
    content: lines('x', (x) => `"1,0${Math.floor(x).toString().padStart(2, '0')},500"`),
    code: 1,
    says: /it looks like numbers with thousands: add --thousands ","/u,
  },
  ...['', 'NA', 'N/A', 'NaN', 'nan', 'None', 'null', 'NULL', '<NA>'].map((text) => ({
    name: `missing values written as "${text}"`,
    content: withNulls(text),
    like: withNulls(''),
    says: '',
  })),
  {
    name: 'missing values written as -, as the user says',
    content: withNulls('-'),
    flags: ['--null', '-,?'],
    like: withNulls(''),
    says: '',
  },
  {
    name: 'per cent',
    content: lines('x', (x) => `${x}%`),
    like: lines('x', (x) => String(Number((x / 100).toPrecision(15)))),
    says: /has 1500 values in per cent: 12 % is read as 0\.12/u,
  },
  {
    name: 'leading zeros',
    content: lines('zip', (x) => `0${1000 + (Math.floor(x) % 4)}`),
    says: /has leading zeros: its values are codes, not numbers/u,
  },
  {
    name: 'dates',
    content: lines('when', (_, index) => new Date(1e12 + index * 864e5).toISOString()),
    code: 1,
    says: /column "when": it holds dates/u,
  },
  {
    name: 'dates of spreadsheets',
    content: lines('when', (_, index) => `${1 + (index % 28)}.${1 + (index % 12)}.2026`),
    code: 1,
    says: /column "when": it holds dates/u,
  },
  {
    name: 'JSON lines',
    content: objects.map((row) => JSON.stringify(row)).join('\n'),
    like: PLAIN,
    says: '',
  },
  {
    name: 'JSON lines with nulls and without fields',
    content: objects
      .map(({ x, c }, index) => {
        const isEmpty = index % 10 === 3;
        if (isEmpty && index % 20 === 3) return JSON.stringify({ c });
        return JSON.stringify({ x: isEmpty ? null : x, c });
      })
      .join('\r\n'),
    like: withNulls(''),
    says: '',
  },
  {
    name: 'a broken JSON line',
    content: `{"x":1}\n{"x":2\n`,
    code: 1,
    says: /:2:1 Cannot read the line: expected one JSON object/u,
  },
  { name: 'Parquet', content: parquet(), like: PLAIN, says: '' },
  { name: 'Parquet without compression', content: parquet('UNCOMPRESSED'), like: PLAIN, says: '' },
  {
    name: 'a Parquet file that was cut',
    content: parquet().subarray(0, 400),
    code: 1,
    says: /Cannot read it as Parquet/u,
  },
];

describe('both commands make the same baselines of', () => {
  test.for(FILES)('$name', async ({ content, flags = [], like, says, code = 0 }) => {
    const file = join(root, 'table');
    writeFileSync(file, content);
    const [telltale, collector] = [await runTelltale(file, flags), await runCollector(file, flags)];
    expect(collector).toEqual(telltale);
    const said = typeof says === 'string' ? new RegExp(`^${says}$`, 'u') : says;
    expect(telltale.code).toBe(code);
    expect(telltale.says).toMatch(said);
    writeFileSync(file, like ?? content);
    const plain = await runTelltale(
      file,
      flags.includes('--columns') || like === undefined ? flags : [],
    );
    expect(telltale.baselines).toEqual(plain.baselines);
  });
});

test('the table has enough of them', () => {
  expect(FILES.length).toBeGreaterThanOrEqual(25);
});
