import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { openDatabase } from '../../../../collector/src/runtime/sqlite/database.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-database-'));
  chmodSync(folder, 0o755);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function modes(): Record<string, string> {
  const names = readdirSync(folder).sort();
  const mode = (name: string): string => (statSync(join(folder, name)).mode & 0o777).toString(8);
  return Object.fromEntries(names.map((name) => [name, mode(name)]));
}

test.for([false, true])(
  'openDatabase() keeps its files from others (there before: %s)',
  (isThere) => {
    const path = join(folder, 'telltale.db');
    if (isThere) {
      openDatabase(path, 0).database.close();
      chmodSync(path, 0o644);
    }
    const { database } = openDatabase(path, 0);
    database.transaction('full', () => database.run("UPDATE history SET kind = 'x'"));
    expect(modes()).toEqual({
      'telltale.db': '600',
      'telltale.db-shm': '600',
      'telltale.db-wal': '600',
    });
    database.close();
  },
);

test('openDatabase() keeps a damaged file from others, and the one in its place', () => {
  const path = join(folder, 'telltale.db');
  writeFileSync(path, 'no database at all, but longer than its head is'.repeat(100));
  const { database, quarantined } = openDatabase(path, 7);
  database.close();
  expect(quarantined).toBe(`${path}.corrupt-7`);
  expect(modes()).toMatchObject({ 'telltale.db': '600', 'telltale.db.corrupt-7': '600' });
});
