import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

import { startTimer, stopTimer } from '@telltale/instrument';

import type { Snapshot } from '../snapshot/reading.ts';
import { CallFlag } from '../worker/call-flag.ts';
import type { SamplerOptions } from '../worker/options.ts';
import { guardExit } from './exit-guard.ts';

const RESTART_MIN_MS = 1_000;
const RESTART_MAX_MS = 60_000;
const LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

export interface GpuWorkerListener {
  /** Each snapshot, in order. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** The worker ended by itself, or could not be started. */
  readonly onFailure: (reason: string) => void;
}

/** The worker thread and the port to it. It never keeps the process alive. */
export class GpuWorker {
  readonly #file: string;
  readonly #options: SamplerOptions;
  readonly #listener: GpuWorkerListener;
  #flag = new CallFlag();
  #worker: Worker | undefined;
  #port: MessageChannel['port1'] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restartMs = RESTART_MIN_MS;
  #unguard: () => void = () => {};
  #isStopped = false;
  #isDone = false;

  constructor(file: string, options: SamplerOptions, listener: GpuWorkerListener) {
    this.#file = file;
    this.#options = options;
    this.#listener = listener;
  }

  start(): void {
    this.#timer = undefined;
    if (this.#isStopped) return;
    this.#flag = new CallFlag();
    const { port1, port2 } = new MessageChannel();
    try {
      this.#worker = this.#create(port2);
    } catch (cause) {
      this.#fail(reasonOf(cause));
      port1.close();
      return;
    }
    this.#port = port1;
    // A port without a listener would keep all messages.
    port1.on('message', (message: Snapshot) => this.#receive(message));
    port1.unref();
    this.#unguard = guardExit(this.#flag, this.#options.places);
    this.#worker.unref();
    let reason = 'it ended';
    this.#worker.on('error', (error: unknown) => {
      reason = reasonOf(error);
    });
    this.#worker.once('exit', () => this.#ended(reason));
  }

  /** Takes what has arrived: a loop that was blocked must not serve old values. */
  drain(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (;;) {
      const received = receiveMessageOnPort(port) as { readonly message: Snapshot } | undefined;
      if (received === undefined) return;
      this.#receive(received.message);
    }
  }

  /** The function of the driver that the worker is in, if it is in one. */
  currentCall(): string | undefined {
    return this.#flag.current();
  }

  /** Ends the worker at its next turn. Nothing waits for it: it may be stuck. */
  stop(): void {
    this.#isStopped = true;
    stopTimer(this.#timer);
    this.#port?.postMessage('end');
    this.#port?.unref();
  }

  #create(port: MessageChannel['port2']): Worker {
    const env = { ...process.env };
    // What the application preloads would start Telltale a second time, in here.
    delete env['NODE_OPTIONS'];
    return new Worker(this.#file, {
      name: 'telltale-gpu',
      execArgv: [],
      env,
      // It prints nothing. Otherwise its streams would be piped, and those of the application made
      // for it: half of what starting a thread costs.
      stdout: true,
      stderr: true,
      resourceLimits: LIMITS,
      workerData: { options: this.#options, port, flag: this.#flag.memory },
      transferList: [port],
    });
  }

  #receive(snapshot: Snapshot): void {
    this.#restartMs = RESTART_MIN_MS;
    // It reads nothing on this machine, and ends.
    if (snapshot.cycles.length === 0) this.#isDone = true;
    this.#listener.onSnapshot(snapshot);
  }

  /** Only after its end: a second worker beside one that is stuck would get stuck too. */
  #ended(reason: string): void {
    this.drain();
    this.#unguard();
    this.#port?.close();
    this.#port = undefined;
    this.#worker = undefined;
    if (!this.#isStopped && !this.#isDone) this.#fail(reason);
  }

  #fail(reason: string): void {
    this.#listener.onFailure(reason);
    if (reason === NOT_ALLOWED) return;
    this.#timer = startTimer(() => this.start(), this.#restartMs);
    this.#timer.unref();
    this.#restartMs = Math.min(RESTART_MAX_MS, this.#restartMs * 2);
  }
}

const NOT_ALLOWED = 'the permission model of Node.js needs --allow-worker';

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ERR_ACCESS_DENIED' ? NOT_ALLOWED : (message ?? String(cause));
}
