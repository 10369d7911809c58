import { type ChildProcess, spawn } from 'node:child_process';

import { delay } from '../../test/support/collector/service-process.ts';
import { type ProcessFigures, processFigures } from './process-figures.ts';

const READY_MS_MAX = 60_000;
const POLL_MS = 20;
const ERROR_CHARACTERS_MAX = 4000;

export interface ProgramStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Answers 200 once the program is ready. */
  readonly readyUrl: string;
}

/** A server that runs as a process of its own, so that the kernel counts what it costs. */
export class Program {
  readonly #child: ChildProcess;
  readonly #start: ProgramStart;
  #stderr = '';

  constructor(start: ProgramStart) {
    this.#start = start;
    this.#child = spawn(start.command, start.args, {
      cwd: start.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-ERROR_CHARACTERS_MAX);
    });
  }

  /** @throws Error with what the program printed, when it ends or is not ready within a minute. */
  async waitUntilReady(): Promise<void> {
    const deadline = performance.now() + READY_MS_MAX;
    for (;;) {
      const isReady = await fetch(this.#start.readyUrl).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      if (this.#child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`${this.#start.command} did not become ready: ${this.#stderr}`);
      }
      await delay(POLL_MS);
    }
  }

  /** @throws Error when the program is gone. */
  figures(): ProcessFigures {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) {
      throw new Error(`${this.#start.command} has ended: ${this.#stderr}`);
    }
    return processFigures(pid);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}
