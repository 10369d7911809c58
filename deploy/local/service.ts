import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of the stack and how to tell that it is ready. */
export interface ServiceSpec {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Answers 2xx once the service takes work. */
  readonly healthUrl: string;
  /** Where its output goes. */
  readonly logPath: string;
  /** Tempo takes half a minute to stop; others a second. */
  readonly stopMs?: number;
}

const READY_MS_MAX = 60_000;
const POLL_MS = 50;
const STOP_MS = 10_000;
const TAIL_CHARACTERS = 2000;

/** A running program of the stack. */
export class Service {
  readonly name: string;
  readonly #spec: ServiceSpec;
  #child: ChildProcess | undefined;
  #tail = '';

  constructor(spec: ServiceSpec) {
    this.name = spec.name;
    this.#spec = spec;
  }

  /**
   * Starts the program and waits until it is healthy.
   *
   * @throws {Error} with the end of its output when it ends or stays unhealthy for a minute
   */
  async start(): Promise<void> {
    const { command, env = {}, cwd, logPath } = this.#spec;
    const [program, ...args] = command;
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      // Its own process group: Ctrl-C reaches the stack only, which stops everything in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const log = createWriteStream(logPath, { flags: 'a' });
    // A full disk is no reason to stop what runs.
    log.on('error', () => undefined);
    child.once('close', () => log.end());
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#tail = (this.#tail + chunk.toString()).slice(-TAIL_CHARACTERS);
        log.write(chunk);
      });
    }
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    const deadlineMs = performance.now() + READY_MS_MAX;
    while (!(await this.isHealthy())) {
      if (failure !== undefined || !this.isRunning || performance.now() > deadlineMs) {
        const reason = failure?.message ?? (this.isRunning ? 'not healthy in time' : 'it ended');
        throw new Error(`Cannot start ${this.name}: ${reason}\n${this.#tail.trimEnd()}`);
      }
      await sleep(POLL_MS);
    }
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async isHealthy(): Promise<boolean> {
    try {
      const answer = await fetch(this.#spec.healthUrl, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  /** SIGTERM, and SIGKILL when it takes too long. Resolves when the process is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#spec.stopMs ?? STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}
