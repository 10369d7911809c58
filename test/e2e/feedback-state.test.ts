import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';

import { createAppFolder, runApp } from '../support/run-app.ts';

const app = createAppFolder();
afterAll(() => app.remove());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  name: string,
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const file = app.write(
    `${name}.cjs`,
    `const { feedback, predictions } = require('telltale');\n${code}`,
  );
  const result = await runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: app.path,
    env: {
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      TELLTALE_FEEDBACK_STATE_DIR: folder,
      ...env,
    },
  });
  expect(result.code).toBe(0);
  return result;
}

const PREDICT = `
for (let i = 0; i < 3; i++) predictions.record({ model: 'm', version: '1', id: 'p' + i, outcome: 'yes', confidence: 0.9 });
predictions.record({ model: 'price', version: '2', id: 'v', value: 10 });
console.log(feedback.record({ predictionId: 'p0', actual: 'no' }));
console.log(feedback.record({ predictionId: 'early', actual: 'yes' }));
setTimeout(() => {}, 20);
`;

const JUDGE = `
console.log(feedback.record({ predictionId: 'p0', actual: 'yes' }));
console.log(feedback.record({ predictionId: 'p1', actual: 'yes' }));
console.log(feedback.record({ predictionId: 'v', actual: 12 }));
predictions.record({ model: 'm', version: '1', id: 'early', outcome: 'yes' });
console.log(feedback.record({ predictionId: 'early', actual: 'yes' }));
setTimeout(() => {}, 20);
`;

test('predictions and truths are kept over a restart, for this user only', async () => {
  const first = await run('predict', PREDICT);
  expect(first).toMatchObject({ stdout: 'incorrect\nunmatched\n', stderr: '' });
  expect(statSync(join(folder, 'feedback-state.jsonl')).mode & 0o777).toBe(0o600);
  const second = await run('judge', JUDGE);
  expect(second).toMatchObject({
    stdout: 'duplicate\ncorrect\ncompared\nduplicate\n',
    stderr: '',
  });
});

test('what a threshold is learned from is kept over a restart', async () => {
  const decided = (): number => {
    const text = readFileSync(join(folder, 'feedback-state.jsonl'), 'utf8');
    const line = text.split('\n').find((one) => one.startsWith('{"decisions"')) ?? '{}';
    const { decisions } = JSON.parse(line) as { decisions?: [string, unknown[]] };
    return decisions?.[1].length ?? 0;
  };
  const decide = `feedback.configure('m', { positive: 'yes' });${PREDICT}`;
  await run('decide', decide);
  const once = decided();
  expect(once).toBeGreaterThan(0);
  await run('decide', decide);
  expect(decided()).toBe(2 * once);
});

test('a damaged line costs what stands in it, and is told', async () => {
  await run('predict', PREDICT);
  const path = join(folder, 'feedback-state.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(
    path,
    lines.map((line) => (line.includes('"p1"') ? line.slice(9) : line)).join('\n'),
  );
  const { stdout, stderr } = await run('judge', JUDGE);
  expect(stdout).toBe('duplicate\nunmatched\ncompared\nduplicate\n');
  expect(stderr).toContain('1 of its lines are damaged');
});

test('a folder that cannot be made is told once and changes nothing else', async () => {
  const { stdout, stderr } = await run('predict', PREDICT, {
    TELLTALE_FEEDBACK_STATE_DIR: '/proc/telltale-state',
  });
  expect(stdout).toBe('incorrect\nunmatched\n');
  expect(stderr).toContain('Cannot save the state of feedback to /proc/telltale-state');
});
