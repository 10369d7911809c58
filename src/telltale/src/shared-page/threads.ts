import { BroadcastChannel, isMainThread, threadId, type Worker } from 'node:worker_threads';

import { LastAnswers } from './answers.ts';
import type { HeardPage, PageFormat, ThreadPage, WritePage } from './thread-page.ts';

const CHANNEL = 'telltale.page';
/** A thread that computes answers later: its last page stands in. */
const ANSWER_MS = 500;
/** A process with more threads than this shows the first of them. */
const THREADS_MAX = 256;

type Message =
  | { readonly kind: 'here' | 'gone'; readonly threadId: number }
  | { readonly kind: 'ask'; readonly format: PageFormat; readonly threadIds: readonly number[] }
  | {
      readonly kind: 'answer';
      readonly threadId: number;
      readonly format: PageFormat;
      /** Absent when it could not be written. */
      readonly page: ThreadPage | undefined;
    };

/**
 * The pages of all threads of this process, the main thread first. In a worker thread only its own,
 * which it also gives to the main thread whenever that one asks.
 */
export function shareThreads(
  writeOwn: WritePage,
): (format: PageFormat) => Promise<readonly HeardPage[]> {
  const channel = new BroadcastChannel(CHANNEL);
  const send = (message: Message): void => channel.postMessage(message);
  const own = async (format: PageFormat): Promise<HeardPage> => ({
    ...(await writeOwn(format)),
    isLate: false,
  });
  const threads = new Map<number, LastAnswers>();
  const forget = (id: number): void => {
    threads.get(id)?.end();
    threads.delete(id);
  };
  // Told to the thread that makes a worker. A terminated one runs nothing any more and cannot tell.
  process.on('worker', (worker: Worker) => {
    const { threadId: id } = worker;
    worker.once('exit', () => (isMainThread ? forget(id) : send({ kind: 'gone', threadId: id })));
  });
  if (!isMainThread) {
    hear(channel, (message) => {
      if (message.kind !== 'ask' || !message.threadIds.includes(threadId)) return;
      const { format } = message;
      void own(format).then(
        ({ summary, text }) => {
          const page = { summary, ...(text === undefined ? {} : { text }) };
          send({ kind: 'answer', threadId, format, page });
        },
        () => send({ kind: 'answer', threadId, format, page: undefined }),
      );
    });
    send({ kind: 'here', threadId });
    process.on('exit', () => send({ kind: 'gone', threadId }));
    return async (format) => [await own(format)];
  }
  hear(channel, (message) => {
    if (message.kind === 'here' && threads.size < THREADS_MAX) {
      threads.set(message.threadId, new LastAnswers());
    }
    if (message.kind === 'gone') forget(message.threadId);
    if (message.kind === 'answer') {
      const { format, page } = message;
      const thread = threads.get(message.threadId);
      if (page === undefined) thread?.refuse(format);
      else thread?.hear(format, [page]);
    }
  });
  return async (format) => {
    const threadIds: number[] = [];
    const asked = [...threads].map(([id, thread]) =>
      thread.heard(format, { ask: () => threadIds.push(id), timeoutMs: ANSWER_MS }),
    );
    if (threadIds.length > 0) send({ kind: 'ask', format, threadIds });
    const [main, ...others] = await Promise.all([own(format).then((page) => [page]), ...asked]);
    return [...main, ...others.flat()];
  };
}

/** Listens without keeping the thread alive. */
function hear(channel: BroadcastChannel, onMessage: (message: Message) => void): void {
  channel.onmessage = (event: unknown) => onMessage((event as { data: Message }).data);
  channel.unref();
}
