import { Worker } from 'node:worker_threads';

import type {
  AcceptedMessage,
  EarlyRequest,
  FromReceivers,
  ReceiverSetup,
  Stalls,
  ToReceivers,
} from './receiver-messages.ts';

/** Sick receivers in their thread, as the harness sees them. */
export class SickReceivers {
  readonly accepted: AcceptedMessage[] = [];
  readonly early: EarlyRequest[] = [];
  url = '';
  /** Rejects when the thread ends with an error; it never resolves. */
  readonly failure: Promise<never>;
  readonly #worker: Worker;
  #onKill: () => void = () => undefined;
  #onCounted: (counts: { readonly requests: number; readonly stalls: Stalls }) => void = () =>
    undefined;

  constructor(seed: number) {
    const workerData: ReceiverSetup = { seed };
    this.#worker = new Worker(new URL('./receiver-thread.ts', import.meta.url), { workerData });
    this.failure = new Promise((_, reject) => this.#worker.once('error', reject));
  }

  start(): Promise<void> {
    const listening = new Promise<void>((resolve) => {
      this.#worker.on('message', (message: FromReceivers) => {
        if (message.kind === 'listening') {
          this.url = message.url;
          resolve();
        } else this.#take(message);
      });
    });
    return Promise.race([listening, this.failure]);
  }

  recover(): void {
    this.#order({ kind: 'recover' });
  }

  /** Takes the wish back: nothing was accepted in time. */
  spare(): void {
    this.#order({ kind: 'spare' });
  }

  /** Resolves when the process was sent SIGKILL because a message was accepted. */
  killAtAccept(pid: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onKill = resolve;
      this.#order({ kind: 'kill at accept', pid });
    });
  }

  count(): Promise<{ readonly requests: number; readonly stalls: Stalls }> {
    return new Promise((resolve) => {
      this.#onCounted = resolve;
      this.#order({ kind: 'count' });
    });
  }

  stop(): void {
    this.#order({ kind: 'stop' });
  }

  #take(message: Exclude<FromReceivers, { readonly kind: 'listening' }>): void {
    if (message.kind === 'early') this.early.push(message.early);
    else if (message.kind === 'counted') this.#onCounted(message);
    else {
      this.accepted.push(message.message);
      if (message.isKill) this.#onKill();
    }
  }

  #order(message: ToReceivers): void {
    this.#worker.postMessage(message);
  }
}
