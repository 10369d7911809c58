import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

/** Gives the tests of a file a folder for temporary files that no other process writes into. */
export function useOwnTemporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'telltale-tests-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = path;
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
