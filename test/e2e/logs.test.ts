import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { CHATTY_APP, LOGGING_APP } from '../support/log-apps.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder } from '../support/run-app.ts';
import { serveApp } from '../support/serving-app.ts';

const SCHEMA_FILE = new URL('../../src/telltale/log-line.schema.json', import.meta.url);
const KILLS = 12;
/** A process that has written so much has more than enough lines. */
const BYTES_BEFORE_KILL = 64 * 1024;

type Line = Readonly<Record<string, unknown>>;

const app = createAppFolder();
const loggingApp = app.write('logging.cjs', LOGGING_APP);
const chattyApp = app.write('chatty.cjs', CHATTY_APP);
afterAll(() => app.remove());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a process has written so far, in all its files that were not deleted yet. */
const bytesOf = (pid: number | undefined): number =>
  readdirSync(folder)
    .filter((name) => name.includes(`.${pid}.`))
    .reduce(
      (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );

/** Every line of every file; what no line break ends stands apart, unless it is spaces only. */
function readLines(): { readonly lines: readonly string[]; readonly torn: readonly string[] } {
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const pieces = texts.map((text) => text.split('\n'));
  return {
    lines: pieces.flatMap((parts) => parts.slice(0, -1)),
    torn: pieces.flatMap((parts) => parts.slice(-1)).filter((rest) => rest.trim() !== ''),
  };
}

describe('lines of a process', () => {
  test('every type fits the schema and carries the trace of its request', async () => {
    const sink = await startOtlpSink();
    const running = await serveApp({
      file: loggingApp,
      cwd: app.path,
      env: {
        OTEL_SERVICE_NAME: 'iris',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        TELLTALE_LOG_FILE: join(folder, 'iris.log'),
      },
    });
    await fetch(`${running.url}/predict?secret=1`, { headers: { 'user-agent': 'check/1' } });
    await fetch(`${running.url}/broken`);
    await running.stop();
    await sink.close();

    const { lines, torn } = readLines();
    const parsed = lines.map((line) => JSON.parse(line) as Line);
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object,
    );
    expect(torn).toEqual([]);
    expect(parsed.filter((line) => !validate(line))).toEqual([]);
    expect(new Set(parsed.map(({ type }) => type))).toEqual(
      new Set(['ALERT', 'ERROR', 'PERFORMANCE', 'PREDICTION', 'REQUEST']),
    );

    const ofEvent = (name: string): readonly Line[] =>
      parsed.filter((line) => line['event.name'] === name);
    expect(ofEvent('ml.request')).toMatchObject([
      {
        type: 'REQUEST',
        level: 'info',
        'service.name': 'iris',
        'http.request.method': 'GET',
        'url.path': '/predict',
        'http.response.status_code': 200,
        'http.server.request.duration': expect.any(Number),
        'user_agent.original': 'check/1',
      },
      { level: 'error', 'url.path': '/broken', 'http.response.status_code': 500 },
    ]);
    const serverTraces = sink
      .spans()
      .filter(({ kind }) => kind === 2)
      .map(({ traceId }) => traceId);
    const traced = ['ml.request', 'ml.prediction', 'ml.feedback', 'iris.odd_petal'];
    const traces = traced.map((name) => new Set(ofEvent(name).map((line) => line['trace_id'])));
    expect(traces).toEqual(traced.map(() => new Set(serverTraces)));
    expect(ofEvent('ml.component.down')).toMatchObject([
      { type: 'ALERT', level: 'error', 'ml.component.name': 'store' },
    ]);
    expect(lines.join('\n')).not.toContain('secret=1');
  });

  test('a kill at any point leaves whole lines only', async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, ['--require', 'telltale/register', chattyApp], {
        cwd: app.path,
        env: {
          PATH: process.env['PATH'],
          TELLTALE_MONITORING_PORT: 'off',
          TELLTALE_LOG_FILE: join(folder, 'chatty.log'),
          TELLTALE_LOG_ROTATE_SIZE: '64K',
          TELLTALE_LOG_EVENTS_PER_SECOND: '1000000',
          OTEL_LOGS_EXPORTER: 'none',
          OTEL_METRICS_EXPORTER: 'none',
        },
        stdio: 'ignore',
      });
      const ended = once(child, 'close');
      await vi.waitUntil(() => bytesOf(child.pid) >= BYTES_BEFORE_KILL, { timeout: 20_000 });
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 100);
      await ended;
    }
    const { lines, torn } = readLines();
    expect(torn).toEqual([]);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(() => lines.map((line) => JSON.parse(line) as unknown)).not.toThrow();
  }, 60_000);

  test.for([
    ['a full disk', '/dev/full/app.log'],
    ['a folder that cannot be made', '/proc/telltale/app.log'],
  ] as const)('%s costs one line on standard error and nothing else', async ([, file]) => {
    const running = await serveApp({
      file: loggingApp,
      cwd: app.path,
      env: { TELLTALE_LOG_FILE: file, OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(running.url)).status),
    );
    const page = await (await fetch(`${running.monitoringUrl}/metrics`)).text();
    await running.stop();
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(page).toMatch(
      /^telltale_events_dropped_total\{.*telltale_signal="log_file".*\} [1-9]/mu,
    );
    expect(running.stderr().match(/Cannot write the log file/gu)).toHaveLength(1);
    expect(running.child.exitCode).toBe(0);
  });
});
