import type { ThreadProfile } from '../profile.ts';
import { type Recording, recordCpu } from './record.ts';
import type { Target } from './target.ts';

interface Attached {
  readonly sessionId: string;
  readonly workerInfo: { readonly workerId: string; readonly title: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread, spoken to through the session of its main thread. */
class WorkerTarget implements Target {
  readonly #main: Target;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(main: Target, sessionId: string) {
    this.#main = main;
    this.#sessionId = sessionId;
  }

  async post(method: string, params: object = {}): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    await this.#main.post('NodeWorker.sendMessageToWorker', {
      sessionId: this.#sessionId,
      message: JSON.stringify({ id, method, params }),
    });
    return answer;
  }

  on(): () => void {
    return () => undefined;
  }

  receive(message: string): void {
    const { id, result, error } = JSON.parse(message) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }

  /** The thread ended: nothing will be answered any more. */
  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the worker thread ended'));
    this.#waiting.clear();
  }
}

/** A thread that waits in native code, as with Atomics.wait, answers when it wakes: perhaps never. */
const ANSWER_MS_MAX = 2000;

/**
 * Runs a step with a time limit. Answers of worker threads do not keep a process alive: the timer
 * does, so that a caller that waits for them is answered, and no longer than that.
 */
async function answered<Result>(step: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the worker thread does not answer')), ANSWER_MS_MAX);
  });
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Records every worker thread, also those that start later. */
export async function recordWorkers(
  main: Target,
  intervalMs: number,
): Promise<Recording<readonly ThreadProfile[]>> {
  const targets = new Map<string, WorkerTarget>();
  const recordings: { thread: string; recording: Promise<Recording<ThreadProfile['profile']>> }[] =
    [];
  const stops = [
    main.on('NodeWorker.attachedToWorker', (params) => {
      const { sessionId, workerInfo } = params as Attached;
      const target = new WorkerTarget(main, sessionId);
      targets.set(sessionId, target);
      const thread = workerInfo.title === '' ? `worker ${workerInfo.workerId}` : workerInfo.title;
      const recording = recordCpu(target, intervalMs);
      recording.catch(() => undefined); // a thread that ends at once is left out below
      recordings.push({ thread: `${thread} #${workerInfo.workerId}`, recording });
    }),
    main.on('NodeWorker.receivedMessageFromWorker', (params) => {
      const { sessionId, message } = params as { sessionId: string; message: string };
      targets.get(sessionId)?.receive(message);
    }),
    main.on('NodeWorker.detachedFromWorker', (params) => {
      targets.get((params as { sessionId: string }).sessionId)?.end();
    }),
  ];
  await main.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    stop: async () => {
      const settled = await Promise.allSettled(
        recordings.map(async ({ thread, recording }) => ({
          thread,
          profile: await answered(recording.then((started) => started.stop())),
        })),
      );
      await main.post('NodeWorker.disable');
      for (const stop of stops) stop();
      return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    },
  };
}
