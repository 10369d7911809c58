import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Lines and the end of a child; the child never holds the process. */
export interface ChildListener {
  readonly onLine: (line: string) => void;
  readonly onEnd: (reason: string) => void;
}

export interface RunningChild {
  kill(): void;
}

const LINE_LENGTH_MAX = 16_384;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Starts one child that prints lines forever. When this process ends, the child ends too: at its
 * next line its pipe is broken.
 */
export function startChild(
  command: string,
  args: readonly string[],
  listener: ChildListener,
): RunningChild {
  const child: Child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // What the application preloads is not for this one.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let isOver = false;
  const end = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    listener.onEnd(reason);
  };
  for (const stream of [child.stdout, child.stderr]) readLines(stream, listener.onLine);
  child.once('error', (error) => end(error.message));
  child.once('close', (code, signal) => end(signal ?? `exit code ${code ?? 'unknown'}`));
  child.unref();
  unref(child.stdout);
  unref(child.stderr);
  return {
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => {});
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/u);
    rest = lines.pop() ?? '';
    // Output without line ends is no output of nvidia-smi.
    if (rest.length > LINE_LENGTH_MAX) rest = '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}

/** Pipes of a child are sockets, which the types do not say. */
function unref(stream: Readable): void {
  (stream as Readable & { unref?(): void }).unref?.();
}
