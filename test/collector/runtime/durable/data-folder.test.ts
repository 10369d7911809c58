import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  DataFolderInUseError,
  lockDataFolder,
} from '../../../../collector/src/runtime/durable/data-folder.ts';

test('lockDataFolder() refuses a folder in use and takes it once it is free', () => {
  const root = mkdtempSync(join(tmpdir(), 'telltale-lock-'));
  const folder = join(root, 'data');
  const first = lockDataFolder(folder);
  expect(() => lockDataFolder(folder)).toThrow(DataFolderInUseError);
  expect(() => lockDataFolder(folder)).toThrow('another alert service is running on it');
  first.release();
  lockDataFolder(folder).release();
  rmSync(root, { recursive: true });
});
