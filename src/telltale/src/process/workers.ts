import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const CHANNEL = 'telltale.flush';
/** How long a worker may take to answer at all; one that is busy or gone does not. */
const ANSWER_MS = 250;

type Message =
  | { readonly kind: 'started' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'flushing' | 'flushed'; readonly threadId: number };

/** Captured because test suites replace the globals with fake timers. */
const startTimer: typeof setTimeout = setTimeout;

/**
 * Signals reach the main thread only, so it asks the workers to flush. Returns what the main thread
 * awaits besides its own flush.
 */
export function shareFlush(flushOwn: () => Promise<void>): () => Promise<void> {
  const channel = new BroadcastChannel(CHANNEL);
  const send = (message: Message): void => channel.postMessage(message);
  if (!isMainThread) {
    listen(channel, ({ kind }) => {
      if (kind !== 'flush') return;
      send({ kind: 'flushing', threadId });
      void flushOwn().finally(() => send({ kind: 'flushed', threadId }));
    });
    send({ kind: 'started' });
    return flushOwn;
  }
  let hasWorkers = false;
  const flushing = new Set<number>();
  let onFlushed: () => void = () => {};
  listen(channel, (message) => {
    if (message.kind === 'started') hasWorkers = true;
    if (message.kind === 'flushing') flushing.add(message.threadId);
    if (message.kind === 'flushed' && flushing.delete(message.threadId)) onFlushed();
  });
  const flushWorkers = async (): Promise<void> => {
    if (!hasWorkers) return;
    send({ kind: 'flush' });
    await new Promise((resolve) => startTimer(resolve, ANSWER_MS));
    await new Promise<void>((resolve) => {
      onFlushed = () => {
        if (flushing.size === 0) resolve();
      };
      onFlushed();
    });
  };
  return async () => {
    await Promise.all([flushOwn(), flushWorkers()]);
  };
}

/** Listens without keeping the thread alive. */
function listen(channel: BroadcastChannel, onMessage: (message: Message) => void): void {
  channel.onmessage = (event: unknown) => onMessage((event as { data: Message }).data);
  channel.unref();
}
