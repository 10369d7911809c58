import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { METRIC_TELLTALE_EVENTS_DROPPED } from '@telltale/core';

import { LogFile, reopenLogFiles } from '../../../../src/telltale/src/logs/line-sink.ts';
import { selfTotals } from '../../../../src/telltale/src/self-metrics.ts';

let folder: string;
let path: string;
const sinks: LogFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-logs-'));
  path = join(folder, 'app.log');
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const sink of sinks.splice(0)) await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

function logFile(options: Partial<ConstructorParameters<typeof LogFile>[0]> = {}): LogFile {
  const sink = new LogFile({ path, rotateSize: '1M', keep: 2, ...options });
  sinks.push(sink);
  return sink;
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const numbersIn = (files: readonly string[]): readonly number[] =>
  files
    .flatMap(linesOf)
    .map((line) => (JSON.parse(line) as { readonly n: number }).n)
    .toSorted((a, b) => a - b);

const filesIn = (): readonly string[] => readdirSync(folder).map((name) => join(folder, name));
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

describe('a file in its place', () => {
  test.for<[string, (moved: string) => void]>([
    ['moved', (moved) => renameSync(path, moved)],
    ['deleted', () => rmSync(path)],
  ])('one that was %s is made again for the next line', async ([, change]) => {
    const sink = logFile();
    sink.write('{"n":0}');
    await sink.flush();
    const moved = join(folder, 'moved');
    change(moved);
    sink.write('{"n":1}');
    await sink.flush();
    expect(linesOf(path)).toEqual(['{"n":1}']);
  });

  test('no line is lost while a rotator moves it again and again', async () => {
    const sink = logFile();
    for (let n = 0; n < 600; n += 1) {
      sink.write(JSON.stringify({ n, pad: 'x'.repeat(n % 200) }));
      if (n % 100 === 99) {
        await sink.flush();
        renameSync(path, join(folder, `moved-${n}`));
      }
    }
    await sink.flush();
    expect(numbersIn(filesIn())).toEqual(upTo(600));
  });

  test('reopenLogFiles() opens it again, as a copy that stands elsewhere asks for', async () => {
    const sink = logFile();
    sink.write('{"n":0}');
    await sink.flush();
    reopenLogFiles();
    sink.write('{"n":1}');
    await sink.flush();
    expect(numbersIn([path])).toEqual([0, 1]);
  });
});

test('no line is lost at its own rotation, however fast they come', async () => {
  const sink = logFile({ rotateSize: '8K', keep: 1_000 });
  for (let n = 0; n < 3_000; n += 1) {
    sink.write(JSON.stringify({ n, pad: 'y'.repeat(n % 300) }));
    if (n % 50 === 0) await new Promise(setImmediate);
  }
  await sink.flush();
  const files = filesIn();
  expect(files.length).toBeGreaterThan(40);
  expect(numbersIn(files)).toEqual(upTo(3_000));
});

test('the torn line of a process that died is ended before the next one', async () => {
  writeFileSync(path, '{"n":0}\n{"n":');
  const sink = logFile();
  sink.write('{"n":1}');
  await sink.flush();
  expect(linesOf(path)).toEqual(['{"n":0}', '{"n":', '{"n":1}']);
});

test('long lines, before which pages are filled up, leave no blank line', async () => {
  const sink = logFile();
  for (let n = 0; n < 60; n += 1) {
    sink.write(JSON.stringify({ n, pad: 'x'.repeat(700 + ((n * 997) % 3_000)) }));
    await sink.flush();
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(upTo(60));
});

test.for([
  ['{"n":0}\n   ', ['{"n":0}', '   {"n":1}', '']],
  ['   ', ['   {"n":1}', '']],
  ['{"n":0}\n{"text":"a  ', ['{"n":0}', '{"text":"a  ', '{"n":1}', '']],
] as const)('a file that ends in %j goes on', async ([text, lines]) => {
  writeFileSync(path, text);
  const sink = logFile();
  sink.write('{"n":1}');
  await sink.flush();
  expect(readFileSync(path, 'utf8').split('\n')).toEqual(lines);
});

/** Lets a disk be full in the middle of the next write. */
async function fillDisk(written: number): Promise<void> {
  const probe = await open(join(folder, 'probe'), 'w');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  rmSync(join(folder, 'probe'));
  const original = Reflect.get(prototype, 'write') as (...args: unknown[]) => unknown;
  let calls = 0;
  vi.spyOn(prototype, 'write').mockImplementation(function full(
    this: FileHandle,
    bytes: unknown,
  ): never {
    calls += 1;
    if (calls === 1) {
      const part = (bytes as Buffer).subarray(0, written);
      return Reflect.apply(original, this, [part, 0]) as never;
    }
    return Promise.reject(
      Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }),
    ) as never;
  });
}

test('after a full disk the torn line is ended, and what was lost is counted', async () => {
  const lost = (): number =>
    selfTotals(METRIC_TELLTALE_EVENTS_DROPPED).find(({ reason }) => reason === 'write_failed')
      ?.count ?? 0;
  const before = lost();
  const sink = logFile({ retryMs: 0 });
  sink.write('{"n":0}');
  await sink.flush();
  await fillDisk('{"n":1}\n{"n"'.length);
  for (const n of [1, 2, 3]) sink.write(`{"n":${n}}`);
  await sink.flush();
  vi.restoreAllMocks();
  sink.write('{"n":4}');
  await sink.flush();
  const lines = linesOf(path);
  const whole = lines.filter((line) => line.endsWith('}'));
  expect([whole[0], whole.at(-1)]).toEqual(['{"n":0}', '{"n":4}']);
  expect(lines.length - whole.length).toBeLessThanOrEqual(1);
  expect(whole.length + lost() - before).toBe(5);
});

test('files of dead processes are pruned by the same limit, those of living ones never', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  const old = [
    `app.${dead}.log`,
    `20260101-0000-01-app.${dead}.log`,
    `20260102-0000-01-app.${dead}.log`,
    `20260103-0000-01-app.${dead}.1.log`,
  ];
  const others = [`app.${process.ppid}.log`, 'other.log', `app.${dead}.txt`, 'app.log.bak'];
  for (const [index, name] of [...old, ...others].entries()) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), index, index);
  }
  const sink = logFile({
    path: join(folder, `app.${process.pid}.log`),
    keep: 2,
    sharedName: path,
  });
  sink.write('{}');
  await sink.flush();
  expect(new Set(readdirSync(folder))).toEqual(
    new Set([old[0], ...old.slice(2), ...others, `app.${process.pid}.log`]),
  );
});

test('a device is written to and never rotated', async () => {
  const sink = logFile({ path: '/dev/null', rotateSize: '1K' });
  for (let n = 0; n < 200; n += 1) sink.write(JSON.stringify({ n, pad: 'x'.repeat(100) }));
  await sink.flush();
  expect(readdirSync('/dev').filter((name) => name.endsWith('-null'))).toEqual([]);
});
