import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../collector/src/', import.meta.url));

/** Mebibytes of the young generation after seconds full of objects that live for a moment. */
function youngMib(flags: readonly string[]): number {
  const script = `
    // In the order of main.ts: all modules are there before the first is run.
    await import('${SOURCES}cli/program.ts');
    await import('${SOURCES}small-heap.ts');
    const v8 = await import('node:v8');
    let kept = [];
    const endMs = Date.now() + 2500;
    while (Date.now() < endMs) {
      for (let index = 0; index < 20_000; index += 1) {
        kept.push({ index });
        if (kept.length > 200_000) kept = [];
      }
      // Timers have their turn, as they do between two requests.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const young = v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    console.log(young.space_size / 2 ** 20);
  `;
  const args = ['--conditions=@telltale/source', ...flags, '--input-type=module', '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('the young generation of the service becomes large enough, and not much larger', () => {
  const mib = youngMib([]);
  expect(mib).toBeGreaterThanOrEqual(16);
  expect(mib).toBeLessThan(64);
});

test('what the user set on the command line holds', () => {
  expect(youngMib(['--max-semi-space-size=1'])).toBeLessThan(16);
});
