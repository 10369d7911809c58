import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { irisModel } from './onnx-models.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder that looks like a user's project: it finds the packages of this workspace. */
export interface AppFolder {
  readonly path: string;
  /** Writes a file and returns its path. */
  write(name: string, content: string): string;
  remove(): void;
}

export function createAppFolder(): AppFolder {
  const path = mkdtempSync(join(tmpdir(), 'telltale-app-'));
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  writeFileSync(join(path, 'iris.onnx'), irisModel());
  return {
    path,
    write: (name, content) => {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export interface AppOptions {
  /** Flags of Node.js and the file, as on the command line. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends the signal once this line was printed. */
  readonly signalAt?: { readonly line: string; readonly signal: NodeJS.Signals };
  /** Starts the clock of `endMs` once this line was printed. */
  readonly sinceLine?: string;
  readonly timeoutMs?: number;
  /** Runs as this user and group, which only root can arrange. */
  readonly uid?: number;
}

export interface AppResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal, from `sinceLine`, or from the start, to the end of the process. */
  readonly endMs: number;
}

/** Runs an application as a real process with a clean environment. */
export async function runApp(options: AppOptions): Promise<AppResult> {
  const child = spawn(process.execPath, [...options.argv], {
    cwd: options.cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TELLTALE_MONITORING_PORT: 'off',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let stdout = '';
  let stderr = '';
  let sinceMs = performance.now();
  child.stdout.on('data', (chunk: Buffer) => {
    const before = stdout;
    stdout += chunk.toString();
    const { signalAt, sinceLine = '\0' } = options;
    if (stdout.includes(sinceLine) && !before.includes(sinceLine)) sinceMs = performance.now();
    if (signalAt === undefined || child.killed || !stdout.includes(`${signalAt.line}\n`)) return;
    sinceMs = performance.now();
    child.kill(signalAt.signal);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 30_000);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal, stdout, stderr, endMs: performance.now() - sinceMs };
}

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
