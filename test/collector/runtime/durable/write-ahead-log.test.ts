import { readdirSync } from 'node:fs';
import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import {
  readSegment,
  type WalRecord,
} from '../../../../collector/src/runtime/durable/wal-record.ts';
import {
  type ReplayReport,
  replayLog,
} from '../../../../collector/src/runtime/durable/wal-replay.ts';
import {
  DEFAULT_WAL_OPTIONS,
  WriteAheadLog,
  type WriteAheadLogOptions,
} from '../../../../collector/src/runtime/durable/write-ahead-log.ts';

const NOW = 1_700_000_000_000;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-wal-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function record(text: string, arrivalMs = NOW): WalRecord {
  return { kind: 'json', arrivalMs, body: Buffer.from(text) };
}

function openLog(options: Partial<WriteAheadLogOptions> = {}): Promise<WriteAheadLog> {
  return WriteAheadLog.open({ ...DEFAULT_WAL_OPTIONS, folder, ...options });
}

async function writeRecords(
  records: readonly WalRecord[],
  options: Partial<WriteAheadLogOptions> = {},
): Promise<void> {
  const log = await openLog(options);
  for (const each of records) await log.append(each);
  await log.close();
}

async function replay(): Promise<{ texts: string[]; report: ReplayReport }> {
  const texts: string[] = [];
  const report = await replayLog({ folder, fromMs: 0, nowMs: NOW }, ({ body }) => {
    texts.push(Buffer.from(body).toString());
  });
  return { texts, report };
}

async function segments(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.wal')).sort();
}

test('replayLog() gives back what was appended, across restarts, in order', async () => {
  const kinds = ['proto', 'proto+gzip', 'json', 'json+gzip', 'rule output'] as const;
  const records = kinds.map((kind, index) => ({
    kind,
    arrivalMs: NOW + index,
    body: Buffer.from(`body ${index}`),
  }));
  await writeRecords(records.slice(0, 2));
  await writeRecords(records.slice(2));
  const found: WalRecord[] = [];
  await replayLog({ folder, fromMs: 0, nowMs: NOW }, (each) => {
    found.push({ ...each, body: Buffer.from(each.body) });
  });
  expect(found).toEqual(records);
});

test('append() commits concurrent records together, each exactly once', async () => {
  const log = await openLog();
  const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
  await Promise.all(texts.map((text) => log.append(record(text))));
  await log.close();
  expect((await replay()).texts).toEqual(texts);
});

test('append() begins a new segment by size and by age', async () => {
  await writeRecords([record('a'.repeat(50)), record('b')], { segmentBytesMax: 40 });
  expect(await segments()).toHaveLength(2);
  await writeRecords([record('c', NOW), record('d', NOW + 60_000)]);
  expect(await segments()).toHaveLength(4);
  expect((await replay()).texts.slice(1)).toEqual(['b', 'c', 'd']);
});

test('append() refuses after close()', async () => {
  const log = await openLog();
  await log.close();
  await expect(log.append(record('late'))).rejects.toThrow('the log is closed');
});

test('deleteBefore() deletes closed segments by age and by total size', async () => {
  const log = await openLog({ segmentBytesMax: 1, totalBytesMax: 105 });
  for (let index = 0; index < 6; index += 1) await log.append(record('x', NOW + index));
  await log.deleteBefore(NOW + 2);
  expect(await segments()).toEqual([
    '0000000003.wal',
    '0000000004.wal',
    '0000000005.wal',
    '0000000006.wal',
  ]);
  await log.append(record('y'.repeat(60), NOW + 6));
  await log.deleteBefore(0);
  await log.close();
  expect((await replay()).texts).toEqual(['y'.repeat(60)]);
});

test('replayLog() drops half a record of a crash without quarantine', async () => {
  await writeRecords([record('one'), record('two')]);
  const path = join(folder, (await segments())[0] ?? '');
  await truncate(path, (await readFile(path)).length - 1);
  const { texts, report } = await replay();
  expect(texts).toEqual(['one']);
  expect(report).toEqual({ segments: 1, records: 1, quarantined: [], bytesCut: 19 });
  expect((await replay()).report.bytesCut).toBe(0);
});

test('replayLog() keeps damaged bytes beside the segment and goes on with the next', async () => {
  await writeRecords([record('one'), record('two'), record('three')]);
  await writeRecords([record('four')]);
  const path = join(folder, (await segments())[0] ?? '');
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(8 + 20 + 17) ^ 1, 8 + 20 + 17);
  await writeFile(path, bytes);
  const { texts, report } = await replay();
  expect(texts).toEqual(['one', 'four']);
  expect(report.quarantined).toEqual([`${path}.corrupt-${NOW}`]);
  expect(await readFile(report.quarantined[0] ?? '')).toEqual(bytes.subarray(28));
  expect((await replay()).report.quarantined).toEqual([]);
});

test('replayLog() quarantines a segment that is not one and removes an empty one', async () => {
  await writeFile(join(folder, '0000000001.wal'), 'not a log at all');
  await writeFile(join(folder, '0000000002.wal'), 'TTW');
  const { texts, report } = await replay();
  expect(texts).toEqual([]);
  expect(report.quarantined).toHaveLength(1);
  expect(await segments()).toEqual([]);
});

test('a new log never writes into a segment of an earlier one', async () => {
  await writeRecords([record('one')]);
  await appendFile(join(folder, '0000000001.wal'), 'torn');
  await writeRecords([record('two')]);
  expect((await replay()).texts).toEqual(['one', 'two']);
});

test('readSegment() reads a prefix of the records from any cut and any flipped byte', async () => {
  await writeRecords(['a', 'bb', 'ccc', 'dddd'].map((text) => record(text)));
  const bytes = await readFile(join(folder, '0000000001.wal'));
  const whole = readSegment(bytes).records.map(({ body }) => Buffer.from(body).toString());
  const holds = (cut: number, flip: number): boolean => {
    const damaged = Buffer.from(bytes.subarray(0, cut));
    if (flip < cut) damaged.writeUInt8(damaged.readUInt8(flip) ^ 0x10, flip);
    const found = readSegment(damaged).records.map(({ body }) => Buffer.from(body).toString());
    return found.length <= 4 && found.every((text, index) => text === whole[index]);
  };
  const index = fc.integer({ min: 0, max: bytes.length });
  fc.assert(fc.property(index, index, holds), { numRuns: 500 });
  expect(whole).toEqual(['a', 'bb', 'ccc', 'dddd']);
});

/** The class of file handles, which Node does not export. */
async function fileHandleClass(): Promise<FileHandle> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

test.for(['write', 'writev', 'datasync', 'sync', 'truncate'] as const)(
  'WriteAheadLog keeps no file open when %s fails on a full disk, and goes on afterwards',
  async (call) => {
    const handles = await fileHandleClass();
    const log = await openLog();
    await log.append(record('before'));
    const openFiles = readdirSync('/proc/self/fd').length;
    const full = vi.spyOn(handles, call).mockRejectedValue(new Error('ENOSPC'));
    // Without this a failing truncate would never be asked for.
    const fails = vi.spyOn(handles, 'writev').mockRejectedValue(new Error('ENOSPC'));
    for (let tries = 0; tries < 20; tries += 1) {
      await expect(log.append(record('lost', NOW + tries * 61_000))).rejects.toThrow('ENOSPC');
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(openFiles);
    full.mockRestore();
    fails.mockRestore();
    await log.append(record('after', NOW + 1_300_000));
    await log.close();
    const { texts } = await replay();
    expect(texts.filter((text) => text !== 'lost')).toEqual(['before', 'after']);
  },
);

test('WriteAheadLog makes its folder again when it was deleted', async () => {
  const log = await openLog();
  await log.append(record('lost'));
  await rm(folder, { recursive: true });
  await log.append(record('kept', NOW + 61_000));
  await log.close();
  expect((await replay()).texts).toEqual(['kept']);
});
