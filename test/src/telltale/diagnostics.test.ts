import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a process prints on standard error that runs these lines. */
function stderrOf(code: string, env: Readonly<Record<string, string>> = {}): string[] {
  const source = `import { report, reportOnce } from './src/telltale/src/diagnostics.ts';\n${code}`;
  const flags = ['--conditions=@telltale/source', '--input-type=module', '-e', source];
  const { stderr } = spawnSync(process.execPath, flags, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return stderr.split('\n').filter(Boolean);
}

test('report() prints one line a kind', () => {
  const lines = stderrOf(
    `for (let i = 0; i < 5; i++) { report('a', 'first ' + i); report('b', 'second'); }`,
  );
  expect(lines).toEqual(['telltale: first 0', 'telltale: second']);
});

test('report() tells after a minute how many lines it held back', () => {
  const lines = stderrOf(`
    let now = 0;
    performance.now = () => now;
    report('a', 'x'); report('a', 'x'); report('a', 'x');
    now = 60_000;
    report('a', 'x');
    now = 200_000;
    reportOnce('a', 'never again');`);
  expect(lines).toEqual(['telltale: x', 'telltale: x (2 more of this kind in the last minutes)']);
});

test('report() keeps a text of many lines in one, and bounded', () => {
  const [line = '', ...rest] = stderrOf(`report('a', 'two\\nlines ' + 'x'.repeat(10_000))`);
  expect(rest).toEqual([]);
  expect(line.startsWith('telltale: two lines xxx')).toBe(true);
  expect(line.length).toBeLessThan(500);
});

test('report() is silent with OTEL_LOG_LEVEL=none and survives a closed standard error', () => {
  expect(stderrOf(`report('a', 'x')`, { OTEL_LOG_LEVEL: 'none' })).toEqual([]);
  expect(stderrOf(`import { closeSync } from 'node:fs'; closeSync(2); report('a', 'x')`)).toEqual(
    [],
  );
});
