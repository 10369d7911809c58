import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  BroadcastChannel,
  isMainThread,
  type MessagePort,
  receiveMessageOnPort,
  threadId,
  type Worker,
} from 'node:worker_threads';

import { INFERENCE_CHANNEL } from '@telltale/core';
import { startTimer, stopTimer } from '@telltale/instrument';

const CHANNEL = 'telltale.flush';
/** How long a worker may take to answer at all; one that sleeps, computes or is gone does not. */
const ANSWER_MS = 1_000;

type Message =
  | { readonly kind: 'flush' }
  | {
      readonly kind: 'started' | 'holds' | 'settled' | 'flushing' | 'flushed' | 'ended';
      readonly threadId: number;
    };

export interface ShareOptions {
  readonly flushOwn: () => Promise<void>;
  readonly timeoutMs: number;
  /** Called when a worker that ran a model was terminated: what it held is lost. */
  readonly onLost: () => void;
  /** Calls `begin` before each flush of this thread, and what that returns once all was sent. */
  readonly watchFlushes: (begin: () => () => void) => void;
}

/**
 * Signals reach the main thread only, so it asks the workers to flush. Returns what the main thread
 * awaits besides its own flush: at most `timeoutMs`, whatever the workers do, because one that
 * computes or sleeps answers nothing.
 */
export function shareFlush(options: ShareOptions): () => Promise<void> {
  const { flushOwn, timeoutMs, onLost } = options;
  const channel = new BroadcastChannel(CHANNEL);
  const send = (message: Message): void => channel.postMessage(message);
  if (!isMainThread) {
    listen(channel, ({ kind }) => {
      if (kind !== 'flush') return;
      send({ kind: 'flushing', threadId });
      void flushOwn().finally(() => send({ kind: 'flushed', threadId }));
    });
    send({ kind: 'started', threadId });
    tellWhatIsHeld(send, options.watchFlushes);
    process.on('exit', () => send({ kind: 'ended', threadId }));
    return flushOwn;
  }
  const workers = new Workers();
  // Told to the thread that makes a worker; the listeners keep nothing alive.
  process.on('worker', (worker: Worker) => {
    const { threadId: id } = worker;
    worker.once('exit', () => {
      // What it said is here, even where this thread had no time yet to hear it.
      for (let next = takeMessage(channel); next !== undefined; next = takeMessage(channel)) {
        workers.hear(next);
      }
      if (workers.hasLost(id)) onLost();
    });
  });
  listen(channel, (message) => workers.hear(message));
  const flushWorkers = async (): Promise<void> => {
    if (!workers.hasAny) return;
    send({ kind: 'flush' });
    await workers.flushed(timeoutMs);
  };
  return async () => {
    await Promise.all([flushOwn(), flushWorkers()]);
  };
}

/** What the main thread knows of its workers. */
class Workers {
  readonly #flushing = new Set<number>();
  readonly #answers = new Set<number>();
  #onChange: () => void = () => {};
  /** Those that watch inferences and have not told that they end. */
  readonly #running = new Set<number>();
  /** Those of them that ran a model since they sent everything. */
  readonly #holding = new Set<number>();
  hasAny = false;

  hear(message: Message): void {
    if (message.kind === 'started') {
      this.hasAny = true;
      this.#running.add(message.threadId);
    }
    if (message.kind === 'holds') this.#holding.add(message.threadId);
    if (message.kind === 'settled') this.#holding.delete(message.threadId);
    if (message.kind === 'ended') {
      this.#running.delete(message.threadId);
      this.#holding.delete(message.threadId);
      this.#flushing.delete(message.threadId);
    }
    if (message.kind === 'flushing') {
      this.#flushing.add(message.threadId);
      this.#answers.add(message.threadId);
    }
    if (message.kind === 'flushed') this.#flushing.delete(message.threadId);
    this.#onChange();
  }

  /** Whether a worker that is gone had something to send and has not told that it ends. */
  hasLost(id: number): boolean {
    this.#running.delete(id);
    return this.#holding.delete(id);
  }

  /** Resolves when all that answer have flushed, or after `timeoutMs`. */
  async flushed(timeoutMs: number): Promise<void> {
    let stop: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      const timer = startTimer(resolve, timeoutMs);
      stop = () => stopTimer(timer);
    });
    await Promise.race([late, this.#answered()]);
    stop();
  }

  async #answered(): Promise<void> {
    let isLate = false;
    await new Promise<void>((resolve) => {
      const timer = startTimer(() => {
        isLate = true;
        this.#onChange();
      }, ANSWER_MS);
      this.#onChange = () => {
        const hasAll = isLate || [...this.#running].every((id) => this.#answers.has(id));
        if (!hasAll || this.#flushing.size > 0) return;
        stopTimer(timer);
        resolve();
      };
      this.#onChange();
    });
    this.#answers.clear();
  }
}

/** Tells once that a model ran, and then that all was sent; a listener at each run would cost. */
function tellWhatIsHeld(
  send: (message: Message) => void,
  watchFlushes: ShareOptions['watchFlushes'],
): void {
  let isHolding = false;
  const listener = (): void => {
    unsubscribe(INFERENCE_CHANNEL, listener);
    isHolding = true;
    send({ kind: 'holds', threadId });
  };
  subscribe(INFERENCE_CHANNEL, listener);
  watchFlushes(() => {
    if (isHolding) subscribe(INFERENCE_CHANNEL, listener);
    isHolding = false;
    return () => {
      if (!isHolding) send({ kind: 'settled', threadId });
    };
  });
}

const takeMessage = (channel: BroadcastChannel): Message | undefined =>
  (
    receiveMessageOnPort(channel as unknown as MessagePort) as
      | { readonly message: Message }
      | undefined
  )?.message;

/** Listens without keeping the thread alive. */
function listen(channel: BroadcastChannel, onMessage: (message: Message) => void): void {
  channel.onmessage = (event: unknown) => onMessage((event as { data: Message }).data);
  channel.unref();
}
