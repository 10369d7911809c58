import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { makeFolder } from '../../../../collector/src/runtime/durable/make-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('makes what is missing, with its mode, and takes what is there', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', () => {
  writeFileSync(join(folder, 'a'), '');
  expect(() => makeFolder(join(folder, 'a', 'b'))).toThrow('EEXIST');
  expect(() => makeFolder(join(folder, 'a'))).toThrow('EEXIST');
});

test.skipIf(!existsSync('/proc/self'))(
  'a place that takes no folders is an error, and soon',
  () => {
    expect(() => makeFolder('/proc/telltale/x')).toThrow('ENOENT');
  },
);
