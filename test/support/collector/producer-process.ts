import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { ProducerStep } from './produced-values.ts';

const PRODUCER = fileURLToPath(new URL('drift-producer.ts', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** An application in a process of its own. */
export class ProducerProcess {
  readonly #child: ChildProcess;
  #output = '';
  #answers = 0;
  #onAnswer: (() => void) | undefined;

  constructor(url: string, instance: string, baselineFile: string) {
    const args = ['--conditions=@telltale/source', PRODUCER, url, instance, baselineFile];
    this.#child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: 'pipe' });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#answers += chunk.toString().split('exported\n').length - 1;
      this.#onAnswer?.();
    });
    this.#child.once('close', () => this.#onAnswer?.());
  }

  /** Resolves when what was observed has been exported. */
  async observe(step: ProducerStep): Promise<void> {
    const wanted = this.#answers + 1;
    this.#child.stdin?.write(`${JSON.stringify(step)}\n`);
    while (this.#answers < wanted) {
      if (this.#child.exitCode !== null) throw new Error(`The producer ended: ${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
    }
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill(signal);
    await closed;
  }
}
