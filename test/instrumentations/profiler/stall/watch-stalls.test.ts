import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { ROOT } from '../../../support/tidy/source-file.ts';

/** Blocks until one stall was captured, then until one more was counted; then it ends by itself. */
const APP = `
import { setTimeout as sleep } from 'node:timers/promises';
import { watchStalls } from './instrumentations/profiler/src/stall/watch-stalls.ts';
const seen = { stalls: [], lags: 0, failures: 0 };
watchStalls({
  onStall: ({ summary }) => seen.stalls.push(summary),
  onLag: (lagMs, cause) => { if (cause === 'process') seen.lags += 1; },
  onFailure: () => { seen.failures += 1; },
});
function spin(ms) { const end = performance.now() + ms; while (performance.now() < end) JSON.stringify([...Array(3000).keys()]); }
await sleep(300);
while (seen.stalls.length === 0) { spin(900); await sleep(300); }
const captured = seen.lags;
while (seen.lags === captured) { spin(900); await sleep(300); }
process.exitCode = seen.lags > captured && seen.failures === 0 ? 0 : 1;
console.log(JSON.stringify({ stalls: seen.stalls.length, captured }));
`;

test('a stall beyond the budget of captures is counted, and the process ends by itself', async () => {
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@telltale/source', '--input-type=module', '--eval', APP],
    { cwd: ROOT, timeout: 50_000 },
  );
  expect(JSON.parse(stdout)).toEqual({ stalls: 1, captured: 1 });
}, 60_000);
