import { spawn } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { ROOT } from '../support/tidy/source-file.ts';

/** Runs an application under the flag, and gives what it printed. */
async function run(
  code: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(
    process.execPath,
    ['--require', 'telltale/register', '--input-type=module', '-'],
    {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        ORT_DISABLE_TELEMETRY: '1',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  child.stdin.end(code);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code: exitCode, ...output };
}

const SPIN = `
function spin(ms) { const end = performance.now() + ms; while (performance.now() < end) JSON.stringify([...Array(3000).keys()]); }
`;

describe('the endpoint', () => {
  test('needs the key, records one profile at a time, and names what ran', async () => {
    const { stdout, code } = await run(
      `${SPIN}
      import { createServer } from 'node:http';
      import { monitoring } from 'telltale';
      const server = createServer((request, response) => monitoring.middleware()(request, response, () => response.end('no')));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const base = 'http://127.0.0.1:' + server.address().port + '/monitoring/profile';
      const headers = { 'x-api-key': 'k'.repeat(24) };
      const timer = setInterval(() => spin(30), 40);
      const [first, second] = await Promise.all([
        fetch(base + '?seconds=1&format=folded', { headers }),
        new Promise((resolve) => setTimeout(resolve, 300)).then(() => fetch(base + '?seconds=1', { headers })),
      ]);
      const svg = await fetch(base + '?seconds=0.2', { headers });
      clearInterval(timer);
      console.log(JSON.stringify({
        statuses: [first.status, second.status, svg.status, (await fetch(base)).status, (await fetch(base + '?seconds=61', { headers })).status],
        seesSpin: (await first.text()).includes('spin'),
        policy: svg.headers.get('content-security-policy')?.includes("script-src 'sha256-"),
        isPicture: (await svg.text()).includes('<svg '),
      }));
      server.close();
      server.closeAllConnections();
      `,
      { TELLTALE_API_KEY: 'k'.repeat(24), TELLTALE_MONITORING_PORT: 'off' },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      statuses: [200, 409, 200, 401, 400],
      seesSpin: true,
      policy: true,
      isPicture: true,
    });
  });
});

describe('exact spans', () => {
  test('requests that interleave get their own time', async () => {
    const { stdout, stderr, code } = await run(
      `${SPIN}
      import { trace } from '@opentelemetry/api';
      import { profile } from 'telltale';
      const alpha = () => spin(6), beta = () => spin(12);
      const tracer = trace.getTracer('app');
      const serve = (name, work) => tracer.startActiveSpan(name, async (span) => {
        for (let slice = 0; slice < 20; slice += 1) { work(); await new Promise((resolve) => setTimeout(resolve, 1)); }
        span.end();
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { profile: recorded } = await profile(() => Promise.all([serve('short', alpha), serve('long', beta)]), { intervalMs: 1 });
      const stacks = recorded.stacks().filter(({ frames }) => frames.some(({ name }) => name === 'alpha' || name === 'beta'));
      const right = { alpha: 'short', beta: 'long' };
      console.log(JSON.stringify({
        wrong: stacks.filter(({ frames, labels }) => labels.span_name !== right[frames.find(({ name }) => name in right).name]).length,
        names: recorded.spanTimes().map(({ name, spans, concurrentShare }) => [name, spans, concurrentShare]),
      }));
      `,
      {
        TELLTALE_PROFILE_EXACT: 'true',
        TELLTALE_MONITORING_PORT: 'off',
        OTEL_TRACES_EXPORTER: 'console',
      },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const line = stdout.split('\n').find((each) => each.startsWith('{"wrong"')) ?? '{}';
    expect(JSON.parse(line)).toEqual({
      wrong: 0,
      names: [
        ['long', 1, 0],
        ['short', 1, 0],
      ],
    });
  });
});

describe('the watchdog', () => {
  test('names the function that blocked the loop, and leaves the exit as it is', async () => {
    const { stdout, stderr, code } = await run(
      `
      function sortAndStringify() { const end = performance.now() + 1500; while (performance.now() < end) JSON.stringify(Array.from({ length: 20000 }, (_, i) => ({ i: (i * 7919) % 20011 })).sort((a, b) => a.i - b.i)); }
      setTimeout(sortAndStringify, 600);
      setTimeout(() => { process.exitCode = 4; }, 3500);
      `,
      {
        TELLTALE_PROFILE: 'on-stall',
        TELLTALE_LOG_STDOUT: 'true',
        TELLTALE_MONITORING_PORT: 'off',
      },
    );
    const events = stdout
      .split('\n')
      .filter((line) => line.includes('nodejs.eventloop.stall'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(4);
    expect(stderr).not.toContain('debugger');
    expect(events).toHaveLength(1);
    expect(events[0]?.['level']).toBe('warn');
    expect(JSON.stringify(events[0]?.['ml.eventloop.stall.stacks'])).toContain('sortAndStringify');
  });
});
