import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ROOT } from '../support/tidy/source-file.ts';

const MAIN = join(ROOT, 'src/telltale/src/cli/main.ts');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-profile-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function telltale(...args: string[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--conditions=@telltale/source', MAIN, 'profile', ...args],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return ended(child);
}

async function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output };
}

/** A process that runs until the test is over, and has said that it does. */
async function running(args: readonly string[]): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child as unknown as ChildProcess & { readonly pid: number };
}

/** Until the process has written a text to standard error, from now on. */
async function said(child: ChildProcess, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const listen = (chunk: Buffer): void => {
      if (!chunk.toString().includes(text)) return;
      child.stderr?.off('data', listen);
      resolve();
    };
    child.stderr?.on('data', listen);
  });
}

/** Ends a moment after its inspector was opened. */
const ENDS_WHEN_ATTACHED = `
const inspector = require('node:inspector');
setInterval(() => { if (inspector.url()) setTimeout(() => process.exit(), 700); }, 20);
console.log('up');
`;

/**
 * Busy most of the time, in a function that calls itself: V8 does not tell about functions that
 * it inlined before it was profiled.
 */
const TURNS = `
function turns(n) { return n < 2 ? n : turns(n - 1) + turns(n - 2); }
function again() { turns(26); setTimeout(again, 2); }
again();
console.log('up');
`;

const BUSY = `
function größer(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i) * Math.sin(i); return s; }
function busyLoop() { const end = Date.now() + 1200; while (Date.now() < end) größer(20000); }
busyLoop();
process.exitCode = 3;
`;

describe('a script', () => {
  test('the function and line that took the time, and the exit code of the program', async () => {
    const script = write('großer busy.js', BUSY);
    const { code, stdout } = await telltale('-f', 'json', script);
    const { functions, samples } = JSON.parse(stdout) as {
      samples: number;
      functions: { name: string; file: string; line: number; selfMicros: number }[];
    };
    expect(code).toBe(3);
    expect(samples).toBeGreaterThan(20);
    const [first] = functions;
    expect([first?.name, first?.file.endsWith('großer busy.js'), first?.line]).toEqual([
      'größer',
      true,
      2,
    ]);
    const all = functions.reduce((sum, { selfMicros }) => sum + selfMicros, 0);
    const ours = functions
      .filter(({ name }) => name === 'größer' || name === 'busyLoop')
      .reduce((sum, { selfMicros }) => sum + selfMicros, 0);
    expect(ours / all).toBeGreaterThan(0.9);
  });

  test('worker threads and children have frames of their own', async () => {
    const script = write(
      'threads.cjs',
      `
const { Worker, isMainThread } = require('node:worker_threads');
const { fork } = require('node:child_process');
function spin() { const end = Date.now() + 400; while (Date.now() < end) Math.sqrt(Date.now()); }
if (!isMainThread || process.argv[2] === 'child') spin();
else { new Worker(__filename); fork(__filename, ['child']); spin(); }
`,
    );
    const { code, stdout } = await telltale('--workers', '-f', 'folded', script);
    expect(code).toBe(0);
    const roots = new Set(stdout.split('\n').map((line) => line.split(';')[0]));
    expect([...roots].filter((root) => root?.startsWith('main')).length).toBeGreaterThanOrEqual(2);
    expect(roots).toContain('worker 1');
  });

  test('a flamegraph in a file, and memory', async () => {
    const script = write(
      'keep.js',
      'globalThis.kept = Array.from({ length: 2e5 }, (_, i) => ({ i, text: "x".repeat(i % 50) }));',
    );
    const picture = await telltale('-o', 'out.svg', script);
    expect(picture.stderr).toContain('out.svg written; open it in a browser');
    expect(readFileSync(join(folder, 'out.svg'), 'utf8')).toContain('<svg ');
    const memory = await telltale('--heap', '-f', 'text', script);
    expect(memory.stdout).toMatch(/keep\.js: [\d.]+ MiB allocated and alive/u);
    const file = await telltale('--heap', '-f', 'cpuprofile', script);
    const [name = ''] = /^profile-[\d-]+\.heapprofile/mu.exec(file.stderr) ?? [];
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toHaveProperty('head');
  });

  test('a program that is no Node.js program', async () => {
    const { code, stderr } = await telltale('-f', 'text', '--', 'true');
    expect([code, stderr.includes('the program is no Node.js program')]).toEqual([2, true]);
  });
});

describe('a process that runs', () => {
  test('is recorded over its inspector, which is closed again', async () => {
    const child = await running(['-e', TURNS]);
    try {
      const { code, stdout, stderr } = await telltale(
        '--pid',
        String(child.pid),
        '-d',
        '1',
        '-f',
        'text',
      );
      expect(stderr).toContain(`Recording process ${child.pid} over its inspector for 1 s`);
      expect([code, stdout.includes('turns [eval]:2')]).toEqual([0, true]);
      await expectClosed();
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.for([
    [
      ['--disable-sigusr1', '-e', 'setInterval(() => {}, 1e6); console.log("up")'],
      'it does not listen to SIGUSR1',
    ],
    [
      ['-e', 'process.on("SIGUSR1", () => {}); setInterval(() => {}, 1e6); console.log("up")'],
      'its inspector did not open within 5 seconds',
    ],
  ] as const)('%j is refused and lives on', async ([args, reason]) => {
    const child = await running(args);
    try {
      const { code, stderr } = await telltale('--pid', String(child.pid), '-d', '1');
      expect([code, stderr.includes(reason)]).toEqual([1, true]);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('a process of another program is refused and lives on', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const { code, stderr } = await telltale('--pid', String(child.pid));
      expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
        1,
        `Cannot attach to ${child.pid}: it is no Node.js process but "sleep"`,
      ]);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('a second recording is refused, the first is whole and the process unharmed', async () => {
    const child = await running(['-e', TURNS]);
    try {
      const first = spawn(
        process.execPath,
        [
          '--conditions=@telltale/source',
          MAIN,
          'profile',
          '--pid',
          String(child.pid),
          '-f',
          'text',
        ],
        { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const whole = ended(first);
      await said(child, 'Debugger attached');
      await said(child, 'Debugger attached'); // looked at first, then recorded
      const second = await telltale('--pid', String(child.pid), '-d', '1');
      expect([second.code, second.stderr.trim().split('\n').at(-1)]).toEqual([
        1,
        `Cannot attach to ${child.pid}: process ${first.pid} is recording it already; try again when that is over`,
      ]);
      first.kill('SIGINT');
      const { code, stdout } = await whole;
      expect([code, stdout.includes('turns [eval]:2'), child.exitCode]).toEqual([0, true, null]);
      await expectClosed();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('with its debugger open elsewhere is refused at once and lives on', async () => {
    const child = await running(['--inspect=127.0.0.1:0', '-e', TURNS]);
    try {
      const { code, stderr } = await telltale('--pid', String(child.pid), '-d', '1');
      expect([code, stderr.includes('where --inspect=127.0.0.1:0 says')]).toEqual([1, true]);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('with its debugger open is recorded, told so, and the port stays open', async () => {
    const child = await running(['--inspect', '-e', TURNS]);
    try {
      const pid = String(child.pid);
      const { code, stdout, stderr } = await telltale('--pid', pid, '-d', '1', '-f', 'text');
      expect([code, stdout.includes('turns [eval]:2'), stderr.includes('stays open')]).toEqual([
        0,
        true,
        true,
      ]);
      const answer = await fetch('http://127.0.0.1:9229/json/version');
      expect(answer.status).toBe(200);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.runIf(process.getuid?.() === 0)('of another user is refused, and lives on', async () => {
    const child = await running(['-e', 'setInterval(() => {}, 1e6); console.log("up")']);
    try {
      const code = `
        process.setuid(65534);
        import(${JSON.stringify(join(ROOT, 'instrumentations/profiler/src/attach/process-check.ts'))})
          .then(({ checkProcess }) => checkProcess(${child.pid}))
          .catch((error) => console.log(error.message));`;
      const { stdout } = await ended(
        spawn(process.execPath, ['--conditions=@telltale/source', '-e', code], {
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      );
      expect(stdout.trim()).toBe(
        `Cannot attach to ${child.pid}: it belongs to another user; run this as that user`,
      );
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.for([
    ['none/x.svg', 'ENOENT'],
    ['.', 'it is a folder'],
  ] as const)(
    'an output that cannot be written, %s, is told before it is recorded',
    async ([file, reason]) => {
      const { code, stderr } = await telltale('--pid', String(process.pid), '-o', file);
      expect([code, stderr.split('\n').length, stderr.includes(reason)]).toEqual([1, 2, true]);
      expect(stderr).toContain(`Cannot write "${file}"`);
    },
  );

  test('memory for a format of time is refused before it is recorded', async () => {
    const { code, stdout, stderr } = await telltale('--heap', '-f', 'speedscope', 'none.mjs');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'Cannot write memory for speedscope: use svg, text, json, cpuprofile, pprof or folded\n',
    );
  });

  test('a script that is not there is told, and leaves no picture of the failure', async () => {
    const { code, stdout, stderr } = await telltale('none.mjs');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('Cannot find the script "none.mjs"\n');
  });

  test('that is not there', async () => {
    const { code, stderr } = await telltale('--pid', '4194000');
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
      1,
      'Cannot attach to 4194000: there is no such process',
    ]);
  });

  test('that ends meanwhile', async () => {
    const child = await running(['-e', ENDS_WHEN_ATTACHED]);
    const { code, stderr } = await telltale(
      '--pid',
      String(child.pid),
      '-d',
      '20',
      '-o',
      'none.svg',
    );
    expect([code, stderr.includes('ended while it was profiled')]).toEqual([2, true]);
  });
});

describe('files', () => {
  test('a summary and a comparison', async () => {
    const script = write('small.js', BUSY.replace('1200', '300').replace('3;', '0;'));
    await telltale('-f', 'cpuprofile', '-o', 'a.cpuprofile', script);
    const summary = await telltale('summary', 'a.cpuprofile');
    expect([summary.code, summary.stdout.includes('größer')]).toEqual([0, true]);
    const difference = await telltale('diff', 'a.cpuprofile', 'a.cpuprofile', '-o', 'd.svg');
    expect([
      difference.code,
      difference.stdout.includes('none by a tenth of a percent or more'),
    ]).toEqual([0, true]);
    expect(readFileSync(join(folder, 'd.svg'), 'utf8')).toContain('takes more of the time');
  });

  test.for([
    [['summary', 'none.cpuprofile'], 'Cannot read "none.cpuprofile"'],
    [['--pid', '1', 'x.js'], 'give either --pid or a script'],
    [[], 'give either --pid or a script'],
    [['--native', 'x.js'], 'perf record'],
    [['-d', '99999', 'x.js'], 'would take more than 64 MiB'],
    [['-f', 'png', 'x.js'], 'Allowed choices are svg, text, json'],
    [['--pid', 'abc'], 'Expected a process id'],
  ] as const)('%j: %s', async ([args, problem]) => {
    const { code, stderr } = await telltale(...args);
    expect([code, stderr.includes(problem)]).toEqual([1, true]);
  });
});

async function expectClosed(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isOpen = await fetch('http://127.0.0.1:9229/json/list').then(
      () => true,
      () => false,
    );
    if (!isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The inspector is still open');
}
