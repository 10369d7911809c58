import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { parseBaseline } from '@telltale/statistics';

import { createProgram } from '../../../collector/src/cli/program.ts';
import { AlertServiceFixture } from '../../support/collector/alert-service.ts';
import {
  baselineOf,
  fileOf,
  idOf,
  sha256,
  uniform,
} from '../../support/collector/baseline-files.ts';

let folder = '';
const inFolder = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-baseline-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const result = { code: 0, stdout: '', stderr: '' };
  await createProgram({
    stdout: (text) => (result.stdout += text),
    stderr: (text) => (result.stderr += text),
    readStdin: () => new Uint8Array(),
    exit: (code) => (result.code = code),
  }).parseAsync(['baseline', ...args], { from: 'user' });
  return result;
}

function writeCsv(rows: readonly (readonly unknown[])[]): string {
  const file = inFolder('data.csv');
  writeFileSync(file, rows.map((row) => `${row.join(',')}\n`).join(''));
  return file;
}

const read = (file: string) => {
  const parsed = parseBaseline(readFileSync(file, 'utf8'), sha256);
  if (!parsed.ok) throw new Error(parsed.problem.reason);
  return parsed.baseline;
};

describe('baseline build <csv>', () => {
  const scores = uniform(600, 1);
  const ages = uniform(600, 2, (x) => 18 + Math.floor(x * 60));
  const header = ['score', 'age', 'country'];
  const rows = scores.map((score, index) => [score, ages[index], index % 3 === 0 ? 'DE' : 'FR']);

  test('makes a baseline of a column, of the kind that its values have', async () => {
    const csv = writeCsv([header, ...rows]);
    const out = inFolder('score.json');
    const { code, stdout } = await run(
      'build',
      csv,
      '--model',
      'fraud',
      '--version',
      '7',
      '--columns',
      'score',
      '--kind',
      'score',
      '--direction',
      'output',
      '--out',
      out,
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^score: score, 600 values, ok\n {2}\S+score\.json [0-9a-f]{12}\n$/u),
    ]);
    const { key, kind, source, size, sample } = read(out);
    expect({ key, kind, source, size }).toEqual({
      key: { model: 'fraud', version: '7', name: 'score', direction: 'output' },
      kind: 'score',
      source: 'training',
      size: 600,
    });
    expect([...sample]).toEqual(scores.toSorted((a, b) => a - b));
  });

  test('makes several into a folder', async () => {
    const csv = writeCsv([header, ...rows]);
    const out = inFolder('all');
    const args = ['--model', 'm', '--columns', 'age,country', '--shuffle'];
    expect((await run('build', csv, ...args, '--out', out)).code).toBe(0);
    expect(['m-age.json', 'm-country.json'].map((name) => read(join(out, name)).kind)).toEqual([
      'numeric',
      'categorical',
    ]);
  });

  test.for([
    { table: 'a,b\n1,2\n', args: ['--columns', 'x'], message: ':1:1 Cannot find column "x"' },
    { table: 'x,y\n1,2\n3\n', args: [], message: ':3:2 Cannot read a row of 1 cells' },
  ])('says what is wrong: $message', async ({ table, args, message }) => {
    const csv = inFolder('bad.csv');
    writeFileSync(csv, table);
    const { code, stderr } = await run('build', csv, '--model', 'm', ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(csv + message) });
  });

  test('needs a file or a service, not both', async () => {
    const { code, stderr } = await run('build', '--model', 'm');
    expect([code, stderr]).toEqual([
      1,
      'Cannot build: name either a table or a service with --from\n',
    ]);
  });
});

describe('baselines of a service', () => {
  let service: AlertServiceFixture;
  let url = '';

  beforeEach(async () => {
    service = new AlertServiceFixture();
    service.writeRules('groups: []\n');
    service.configure();
    await service.start();
    url = `http://127.0.0.1:${service.app.ports.api}`;
  });
  afterEach(async () => {
    if (service.isRunning) await service.stop();
    service.remove();
  });

  const STREAM = ['--model', 'fraud', '--version', '7', '--stream', 'score'];
  const file = fileOf(baselineOf(uniform(500, 1)));

  test('are pushed, listed and pulled', async () => {
    expect((await run('list', '--url', url)).stderr).toBe('The service keeps no baseline yet\n');
    writeFileSync(inFolder('b.json'), file);
    const pushed = await run('push', inFolder('b.json'), '--url', url);
    expect(pushed).toEqual({ code: 0, stdout: `${idOf(file)}\n`, stderr: '' });
    const listed = await run('list', '--url', url);
    expect(listed.stdout).toBe(
      `* ${idOf(file).slice(0, 12)} 2023-11-14T22:13:20.000Z fraud 7 output score: score, 500 values, auto, ok\n`,
    );
    expect(JSON.parse((await run('list', '--url', url, '--json')).stdout)).toMatchObject({
      baselines: [{ id: idOf(file) }],
    });
    const pulled = await run('pull', ...STREAM, '--url', url);
    expect(pulled).toEqual({ code: 0, stdout: file, stderr: '' });
    await run('pull', ...STREAM, '--url', url, '--out', inFolder('c.json'));
    expect(readFileSync(inFolder('c.json'), 'utf8')).toBe(file);
  });

  test('are built of what instances uploaded', async () => {
    const build = (...args: string[]) => run('build', '--from', url, ...STREAM, ...args);
    expect((await build()).stderr).toBe(
      'Cannot use the baseline: no instance uploaded samples (nothing_to_merge) (status 409)\n',
    );
    for (const id of ['a', 'b']) {
      const path = `${url}/monitoring/drift/baselines/fraud/7/score/samples?instance=${id}`;
      await fetch(path, { method: 'POST', body: fileOf(baselineOf(uniform(500, id.length))) });
    }
    expect((await build('--out', inFolder('f.json'))).code).toBe(0);
    expect([read(inFolder('f.json')).source, read(inFolder('f.json')).size]).toEqual([
      'fleet',
      1000,
    ]);
    expect((await build('--of', 'histogram')).stderr).toContain('fewer than 10000 values');
    expect((await run('build', '--from', url, '--model', 'fraud')).stderr).toContain('--stream');
  });

  test('that are missing, damaged or out of reach are explained', async () => {
    expect(await run('pull', ...STREAM, '--url', url)).toMatchObject({
      code: 1,
      stderr:
        'Cannot use the baseline: no baseline was put, and too few instances uploaded samples (status 404)\n',
    });
    writeFileSync(inFolder('bad.json'), file.replace('"n":500', '"n":501'));
    const bad = await run('push', inFolder('bad.json'), '--url', url);
    expect([bad.code, bad.stderr]).toEqual([
      1,
      `Cannot use "${inFolder('bad.json')}": id: expected the hash of the content\n`,
    ]);
    expect((await run('push', inFolder('none.json'), '--url', url)).stderr).toContain('ENOENT');
    await service.stop();
    expect((await run('list', '--url', url)).stderr).toContain(`Cannot ask ${url}: `);
  });

  test('are asked for with a key', async () => {
    await service.stop();
    service.configure('  api_keys: [{name: ops, key_env: OPS, scopes: [read, write]}]\n');
    await service.create({ env: { OPS: 'o'.repeat(20) } }).start();
    url = `http://127.0.0.1:${service.app.ports.api}`;
    writeFileSync(inFolder('b.json'), file);
    writeFileSync(inFolder('key'), `${'o'.repeat(20)}\n`);
    expect((await run('push', inFolder('b.json'), '--url', url)).stderr).toContain('(status 401)');
    const key = ['--key-file', inFolder('key')];
    expect((await run('push', inFolder('b.json'), '--url', url, ...key)).code).toBe(0);
    expect((await run('list', '--url', url, '--key-env', 'NO_SUCH_KEY')).stderr).toContain(
      'the environment variable NO_SUCH_KEY is not set',
    );
  });
});
