import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../collector/src/small-heap.ts', import.meta.url));

/** Kibibytes of the young generation after many objects that live for a moment. */
function youngKib(flags: readonly string[]): number {
  const script = `
    await import(${JSON.stringify(MODULE)});
    const v8 = await import('node:v8');
    let kept = [];
    for (let index = 0; index < 3_000_000; index += 1) {
      kept.push({ index });
      if (kept.length > 100_000) kept = [];
    }
    const young = v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    console.log(young.space_size / 1024);
  `;
  const args = [...flags, '--input-type=module', '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('the young generation of the service stays small', () => {
  expect(youngKib([])).toBeLessThanOrEqual(4096);
});

test('what the user set on the command line holds', () => {
  expect(youngKib(['--max-semi-space-size=16'])).toBeGreaterThan(4096);
});
