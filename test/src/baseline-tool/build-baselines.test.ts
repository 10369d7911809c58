import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { parseBaseline, SeededRandom, shuffled, standardNormal } from '@telltale/statistics';
import { DriftMonitor, sha256, useBaselineSources } from '@telltale/instrumentation-drift';

import { type BaselineBuildOptions, buildBaselines } from '@telltale/baseline-tool';

const root = mkdtempSync(join(tmpdir(), 'telltale-build-'));
afterAll(() => rmSync(root, { recursive: true }));

let files = 0;
function fileOf(content: string | Buffer): string {
  files += 1;
  const path = join(root, `${files}.csv`);
  writeFileSync(path, content);
  return path;
}

const csv = (head: string, rows: readonly (readonly unknown[])[]): string =>
  fileOf([head, ...rows.map((row) => row.join(','))].join('\n'));

async function build(file: string, options: Partial<BaselineBuildOptions> = {}) {
  const out = options.out ?? mkdtempSync(join(root, 'out-'));
  const result = await buildBaselines({
    file,
    model: 'fraud',
    version: '7',
    rows: 10_000,
    isShuffled: false,
    arePercentiles: false,
    seed: 1,
    rules: { decimal: '.', thousands: undefined, nulls: new Set(['NA']) },
    isJson: false,
    nowMs: Date.UTC(2026, 10, 21),
    ...options,
    out,
  });
  const written = out.endsWith('.json') ? [] : readdirSync(out).toSorted();
  const read = (name: string) => {
    const parsed = parseBaseline(readFileSync(join(out, name), 'utf8'), sha256);
    if (!parsed.ok) throw new Error(parsed.problem.reason);
    return parsed.baseline;
  };
  return { ...result, out, written, read };
}

const random = new SeededRandom(1);
const ROWS = Array.from({ length: 2000 }, (_, row) => [
  (50 + 10 * standardNormal(random)).toFixed(3),
  'de fr us nl'.split(' ')[Math.floor(4 * random.next())],
  row % 50 === 0 ? '' : random.next().toFixed(4),
]);

describe('one file a column', () => {
  test('kinds, counts and order are those of the column', async () => {
    const file = csv('amount,country,score', ROWS);
    const { output, warnings, exitCode, written, read } = await build(file);
    expect({ warnings, exitCode, written }).toEqual({
      warnings: [],
      exitCode: 0,
      written: ['fraud-7-amount.json', 'fraud-7-country.json', 'fraud-7-score.json'],
    });
    expect(output).toMatch(/^amount: numeric, 2000 values, ok\n {2}\S+ [0-9a-f]{12}\ncountry: /u);
    expect(output).toContain('score: numeric, 1960 values, 40 empty, ok');
    expect(read('fraud-7-amount.json')).toMatchObject({
      key: { model: 'fraud', version: '7', name: 'amount', direction: 'input' },
      kind: 'numeric',
      source: 'training',
      size: 2000,
      quality: 'ok',
      createdMs: Date.UTC(2026, 10, 21),
    });
    expect(read('fraud-7-score.json')).toMatchObject({ missing: { records: 2000, nulls: 40 } });
  });

  test('a process that takes them judges at once', async () => {
    const { out } = await build(csv('amount,country,score', ROWS));
    const monitor = new DriftMonitor({ now: () => 1e12 });
    const sources = useBaselineSources(monitor, { source: 'file', paths: [out] });
    expect(await sources.reload()).toEqual({ loaded: 3, refused: 0 });
    const key = { model: 'fraud', version: '7', direction: 'input' } as const;
    const amount = monitor.stream({ ...key, name: 'amount' }, 'numeric');
    const country = monitor.stream({ ...key, name: 'country' }, 'categorical');
    const live = new SeededRandom(2);
    for (let n = 0; n < 1500; n += 1) {
      amount.observe(50 + 10 * standardNormal(live));
      country.observe(n % 2 === 0 ? 'de' : 'xx');
    }
    expect(monitor.status().map(({ state }) => state)).toEqual(['stable', 'alert']);
  });

  test('columns, streams, kind, direction, segment and range as chosen', async () => {
    const { read, written } = await build(csv('amount,country,score', ROWS), {
      columns: ['score=probabilities.score'],
      kind: 'score',
      direction: 'output',
      segment: 'EU',
      version: '',
      declaredRange: [0, 1],
    });
    expect(written).toEqual(['fraud-probabilities.score-EU.json']);
    expect(read('fraud-probabilities.score-EU.json')).toMatchObject({
      key: {
        model: 'fraud',
        version: '',
        name: 'probabilities.score',
        direction: 'output',
        segment: 'EU',
      },
      kind: 'score',
      known: { kind: 'range', min: 0, max: 1 },
      isDeclared: true,
    });
  });

  test('into one file, and not several', async () => {
    const file = csv('amount,country,score', ROWS);
    const one = join(root, 'deep', 'one.json');
    expect(await build(file, { columns: ['amount'], out: one })).toMatchObject({ exitCode: 0 });
    expect(parseBaseline(readFileSync(one, 'utf8'), sha256).ok).toBe(true);
    expect(await build(file, { out: join(root, 'many.json') })).toMatchObject({
      exitCode: 1,
      warnings: [expect.stringContaining('3 columns are chosen; name a folder')],
    });
  });

  test('names that no file may have', async () => {
    const { written } = await build(csv('"../../etc/passwd","a/b",a b', ROWS));
    expect(written).toEqual([
      'fraud-7-.._.._etc_passwd.json',
      'fraud-7-a_b-2.json',
      'fraud-7-a_b.json',
    ]);
  });

  test('JSON for programs', async () => {
    const { output } = await build(csv('amount,country,score', ROWS), { isJson: true });
    expect(JSON.parse(output)).toMatchObject({
      rows: 2000,
      baselines: [
        { column: 'amount', kind: 'numeric', n: 2000, quality: 'ok', thin: 1 },
        { column: 'country', kind: 'categorical' },
        { column: 'score', missing: 40 },
      ],
    });
  });

  test('progress of a file', async () => {
    const shares: number[] = [];
    await build(csv('amount,country,score', ROWS), { onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
  });
});

describe('the gate', () => {
  const sorted = ROWS.toSorted(([a], [b]) => Number(a) - Number(b));

  test('a sorted file is unstable, with what to do', async () => {
    const file = csv('amount,country,score', sorted);
    const { warnings, exitCode, read } = await build(file, { columns: ['amount'] });
    expect(exitCode).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching(/^"amount" is unstable: .+ are left\. .+ add --shuffle$/u),
    ]);
    expect(read('fraud-7-amount.json').quality).toBe('unstable');
  });

  test('shuffled it passes and thins nothing', async () => {
    const options = { columns: ['amount'], isShuffled: true };
    const { warnings, read } = await build(csv('amount,country,score', sorted), options);
    expect(warnings).toEqual([]);
    expect(read('fraud-7-amount.json')).toMatchObject({ quality: 'ok', thin: 1, size: 2000 });
  });

  test('of a long file only so many rows are used, the newest', async () => {
    const rows = Array.from({ length: 3000 }, (_, row) => [
      row < 2000 ? 1e6 + row : ROWS[row - 2000]?.[0],
    ]);
    const { read } = await build(csv('amount', rows), { rows: 1000 });
    const { size, moments, quality } = read('fraud-7-amount.json');
    expect({ size, quality, isNew: (moments?.max ?? 0) < 1000 }).toEqual({
      size: 1000,
      quality: 'ok',
      isNew: true,
    });
  });

  test('rows that changed leave the newest half', async () => {
    const rows = ROWS.map(([amount], row) => [row < 500 ? Number(amount) + 100 : amount]);
    const { output } = await build(csv('amount', rows));
    expect(output).toContain('1000 values, the newest half, as the rows before differ, ok');
  });
});

describe('percentiles', () => {
  test('are a sample in no order of time', async () => {
    const rows = Array.from({ length: 1000 }, (_, k) => [(k + 1) ** 2]);
    const { read, warnings } = await build(csv('amount', rows), { arePercentiles: true });
    expect(warnings).toEqual([]);
    expect(read('fraud-7-amount.json')).toMatchObject({ size: 1000, thin: 1, quality: 'ok' });
  });

  test('have to ascend', async () => {
    const rows = Array.from({ length: 1000 }, (_, k) => [1000 - k]);
    expect(await build(csv('amount', rows), { arePercentiles: true })).toMatchObject({
      exitCode: 1,
      warnings: [expect.stringContaining('value 2 is 999 after 1000')],
      written: [],
    });
  });
});

describe('calibration', () => {
  const labelled = (label: (isFraud: boolean) => string) => {
    const draw = new SeededRandom(3);
    return Array.from({ length: 3000 }, () => {
      const p = draw.next();
      return [p.toFixed(5), label(draw.next() < p ** 3)];
    });
  };

  test.for([
    { label: (isFraud: boolean) => (isFraud ? '1' : '0'), options: {} },
    { label: (isFraud: boolean) => (isFraud ? 'true' : 'False'), options: {} },
    { label: (isFraud: boolean) => (isFraud ? 'fraud' : 'ok'), options: { positive: 'fraud' } },
  ])('is learned from labels %#', async ({ label, options }) => {
    const file = csv('p,is_fraud', labelled(label));
    const { output, warnings, read, written } = await build(file, {
      ...options,
      score: 'p',
      label: 'is_fraud',
    });
    expect(warnings).toEqual([]);
    expect(written).toEqual(['fraud-7-p.json']);
    expect(output).toMatch(/calibration error 0\.2\d+ -> 0\.0\d+ on held-out rows, kept/u);
    const { calibration, kind, key } = read('fraud-7-p.json');
    expect({ kind, direction: key.direction }).toEqual({ kind: 'score', direction: 'output' });
    expect(calibration?.length).toBeGreaterThan(2);
  });

  test.for([
    { options: { label: 'is_fraud' }, warning: 'add --score <column>' },
    {
      options: { label: 'is_fraud', score: 'p', positive: 'absent' },
      warning: 'expected 50 labels of each class',
    },
    {
      options: { label: 'is_fraud', score: 'p', columns: ['is_fraud'] },
      warning: '"p" is not among the columns',
    },
  ])('without what it needs: $warning', async ({ options, warning }) => {
    const file = csv(
      'p,is_fraud',
      labelled((isFraud) => (isFraud ? '1' : '0')),
    );
    const { warnings, exitCode } = await build(file, options);
    expect(exitCode).toBe(0);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });
});

describe('what cannot be used', () => {
  test.for<{ name: string; text: string | Buffer; problem: string }>([
    { name: 'nothing', text: '', problem: ':1:1 Cannot find a header' },
    { name: 'a ragged row', text: 'a,b\n1,2\n3\n', problem: ':3:2 Cannot read a row of 1 cells' },
    {
      name: 'a stray quote',
      text: 'a,b\n1,x"\n',
      problem: ':2:2 Cannot read a cell with a quote inside',
    },
    {
      name: 'an open quote',
      text: 'a,b\n1,"x\n',
      problem: ':2:2 Cannot find the closing quote',
    },
    { name: 'a name twice', text: 'a,a\n1,2\n', problem: ':1:2 Cannot tell two columns "a" apart' },
    {
      name: 'a column without a name',
      text: 'a,\n1,2\n',
      problem: ':1:2 Cannot read a column without a name',
    },
    {
      name: 'Latin-1',
      text: Buffer.from('a\n1\n\xE9\n', 'latin1'),
      problem: ':1:1 Cannot read text that is not UTF-8',
    },
  ])('$name', async ({ text, problem }) => {
    const file = fileOf(text);
    const { warnings, exitCode, output } = await build(file);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(warnings).toEqual([expect.stringContaining(`${file}${problem}`)]);
  });

  test.for([
    { options: { columns: ['b'] }, problem: 'Cannot find column "b": the header has a' },
    { options: { label: 'b' }, problem: 'Cannot find column "b"' },
    { options: { columns: ['a', 'a'] }, problem: '"a" is named twice' },
    { options: { columns: ['a='] }, problem: 'expected a name after "="' },
  ])('$problem', async ({ options, problem }) => {
    const { warnings, exitCode } = await build(fileOf('a\n1\n'), options);
    expect({ exitCode, warnings }).toEqual({
      exitCode: 1,
      warnings: [expect.stringContaining(problem)],
    });
  });

  test('a file that is not there', async () => {
    expect(await build(join(root, 'nowhere.csv'))).toMatchObject({
      exitCode: 1,
      warnings: [expect.stringContaining('no such file')],
    });
  });

  test('an empty column leaves the others', async () => {
    const rows = ROWS.map(([amount]) => [amount, '']);
    const { warnings, exitCode, written } = await build(csv('amount,none', rows));
    expect({ warnings, exitCode, written }).toEqual({
      warnings: ['Cannot make a baseline of column "none": no value in it can be used'],
      exitCode: 1,
      written: ['fraud-7-amount.json'],
    });
  });

  test('rows in any order give the same shares', async () => {
    const options = { columns: ['country'], isShuffled: true };
    const one = await build(csv('amount,country,score', ROWS), options);
    const other = await build(
      csv('amount,country,score', shuffled(ROWS, new SeededRandom(8))),
      options,
    );
    const counts = ({ read }: typeof one): readonly number[] =>
      read('fraud-7-country.json').categoryCounts.toSorted((a, b) => a - b);
    expect(counts(one)).toEqual(counts(other));
  });
});
