import { spawnSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { isAlive } from '@telltale/instrument';

test('isAlive() tells a process that ended from one that runs', () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  expect([process.pid, 1, ended].map(isAlive)).toEqual([true, true, false]);
});
