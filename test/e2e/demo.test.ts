import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

const DEMO = fileURLToPath(new URL('../../examples/phishing/demo.ts', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo as a user does, from the built packages; interrupts it when a line says so. */
async function runDemo(options: readonly string[], interruptAt?: RegExp): Promise<Run> {
  const child = spawn(process.execPath, [DEMO, ...options], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const interrupt = (chunk: Buffer): void => {
    if (interruptAt?.test(chunk.toString()) !== true) return;
    child.stdout.off('data', interrupt);
    child.kill('SIGINT');
  };
  child.stdout.on('data', interrupt);
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exitCode === null ? once(child, 'exit') : undefined,
  ]);
  return { code: child.exitCode, stdout, stderr };
}

describe('demo', { timeout: 60_000 }, () => {
  test('every inference is a span, a duration and a prediction', async () => {
    const { code, stdout, stderr } = await runDemo(['--for', '5s', '--json']);
    expect(code === 0 ? '' : stderr + stdout).toBe('');
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    const { inferences = 0 } = summary;
    expect(summary).toMatchObject({
      inferSpans: inferences,
      nestedSpans: inferences,
      durationCount: inferences,
      exportedDurationCount: inferences,
      dropped: 0,
      failed: 0,
      problems: [],
    });
    expect(inferences).toBeGreaterThan(20);
    expect(summary['httpSpans']).toBeGreaterThanOrEqual(inferences);
    expect(summary['accuracy']).toBeGreaterThan(0.87);
    const { accuracy, rows = 0 } = summary;
    expect(summary).toMatchObject({
      feedback: { matched: rows, unmatched: 0, accuracy, falsePositives: expect.any(Number) },
      logLines: { PREDICTION: 2 * rows, REQUEST: expect.any(Number), ALERT: 2 },
      healthy: true,
    });
    expect(summary['cacheHitRate']).toBeGreaterThan(0);
  });

  test('without a call of the service, Telltale counts the same predictions', async () => {
    const { code, stdout, stderr } = await runDemo(['--for', '4s', '--json', '--automatic']);
    expect(code === 0 ? '' : stderr + stdout).toBe('');
    const { predictions, rows, problems } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      readonly predictions: Readonly<Record<string, number>>;
      readonly rows: number;
      readonly problems: readonly string[];
    };
    const counted = Object.values(predictions).reduce((sum, count) => sum + count, 0);
    expect({ counted, problems }).toEqual({ counted: rows, problems: [] });
    expect(rows).toBeGreaterThan(20);
  });

  test('Ctrl-C ends it in order, with a real trace as a tree', async () => {
    const { code, stdout, stderr } = await runDemo(['--for', '1m'], /^\d+s {2}/mu);
    expect(code === 0 ? '' : stderr + stdout).toBe('');
    expect(stdout).toMatch(/POST \/predict(?:\/batch)? {2}[\d.]+ ms {2}server/u);
    expect(stdout).toMatch(/└─ infer phishing {2}[\d.]+ ms {2}internal/u);
    expect(stdout).toMatch(/\d+ inferences, .* nothing dropped\n.*whole lines in the log\n$/u);
  });

  test('a wrong option is explained and starts nothing', async () => {
    const { code, stdout, stderr } = await runDemo(['--for', '5 minutes']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("argument '5 minutes' is invalid");
  });
});
