import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { EventBudget } from '../../../../src/telltale/src/logs/event-budget.ts';
import { LogFile } from '../../../../src/telltale/src/logs/line-sink.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-logs-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('LogFile', () => {
  test('writes whole lines in order', async () => {
    const path = join(folder, 'app.log');
    const sink = new LogFile({ path, rotateSize: '1M', keep: 2 });
    for (let index = 0; index < 100; index += 1) sink.write(`{"n":${index}}`);
    await sink.flush();
    await sink.close();
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines).toEqual(Array.from({ length: 100 }, (_, index) => `{"n":${index}}`));
  });

  test('rotates by size, keeps what it was told and splits no line', async () => {
    const sink = new LogFile({ path: join(folder, 'app.log'), rotateSize: '10K', keep: 2 });
    for (let index = 0; index < 500; index += 1) {
      sink.write(JSON.stringify({ index, pad: 'x'.repeat(100) }));
      await sink.flush();
    }
    await sink.close();
    const files = readdirSync(folder).filter(
      (name) => name.includes('app.log') && !name.endsWith('.history'),
    );
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(3);
    for (const name of files) {
      for (const line of readFileSync(join(folder, name), 'utf8').trim().split('\n'))
        JSON.parse(line);
    }
  });

  test('a folder that cannot be written costs nothing but lines', async () => {
    const sink = new LogFile({ path: '/proc/telltale/app.log', rotateSize: '1M', keep: 1 });
    for (let index = 0; index < 10; index += 1) sink.write('{}');
    await sink.flush();
    await sink.close();
    expect(() => sink.write('{}')).not.toThrow();
  });
});

describe('EventBudget', () => {
  test('lets a burst through, then its rate, each key by itself', () => {
    const budget = new EventBudget({ perSecond: 10, burst: 3, keysMax: 5 });
    const taken = (key: string, atMs: number): boolean => budget.take(key, atMs);
    expect([0, 0, 0, 0].map((atMs) => taken('a', atMs))).toEqual([true, true, true, false]);
    expect(taken('b', 0)).toBe(true);
    expect([50, 100, 100].map((atMs) => taken('a', atMs))).toEqual([false, true, false]);
  });

  test('more keys than it keeps share one bucket', () => {
    const budget = new EventBudget({ perSecond: 1, burst: 1, keysMax: 2 });
    const results = Array.from({ length: 10 }, (_, index) => budget.take(`k${index}`, 0));
    expect(results.filter(Boolean)).toHaveLength(3);
  });

  test('a clock that steps back gives no tokens', () => {
    const budget = new EventBudget({ perSecond: 1000, burst: 1, keysMax: 2 });
    expect([1000, 500, 400].map((atMs) => budget.take('a', atMs))).toEqual([true, false, false]);
  });
});
