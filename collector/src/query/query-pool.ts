import type { Queries, QueryJob, QueryOutcome, QueryPatience } from '../exchange/query.ts';
import type { QuerySettings } from './settings.ts';
import { WorkerHandle, type WorkerHandleOptions } from './worker-handle.ts';

export interface QueryPoolOptions extends Omit<WorkerHandleOptions, 'heapBytesMax'> {
  readonly settings: QuerySettings;
  /** Queries that run at once. */
  readonly concurrentMax: number;
  /** The longest that a query may take, waiting included. */
  readonly timeoutMs: number;
}

/** Queries that wait for a worker; more are told to come back. */
const WAITING_MAX = 64;

/** A worker that notices by itself that time is up says so better than its end does. */
const GRACE_MS = 250;

/** Memory of idle workers is given back after this time. */
const IDLE_MS = 60_000;

interface Waiting {
  readonly job: QueryJob;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  settle(outcome: QueryOutcome): void;
}

interface Idle {
  readonly worker: WorkerHandle;
  readonly cancel: () => void;
}

/** Runs queries in workers, a few at a time, each within its time and memory. */
export class QueryPool implements Queries {
  readonly #options: QueryPoolOptions;
  readonly #idle: Idle[] = [];
  readonly #busy: Set<WorkerHandle> = new Set();
  readonly #waiting: Waiting[] = [];
  #settings: QuerySettings;
  #isClosed = false;

  constructor(options: QueryPoolOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  run(job: QueryJob, { timeoutMs, signal }: QueryPatience = {}): Promise<QueryOutcome> {
    if (this.#isClosed) return Promise.resolve(unavailable('the service is stopping'));
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.resolve(unavailable(`${WAITING_MAX} queries wait already`));
    }
    const patienceMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, this.#options.timeoutMs);
    return new Promise((resolve) => {
      const entry = this.#entry(job, { patienceMs, signal }, resolve);
      this.#waiting.push(entry);
      this.#next();
    });
  }

  /** For the queries that begin from now on; the heap stays what it was at the start. */
  setSettings(settings: QuerySettings): void {
    this.#settings = { ...settings, heapBytesMax: this.#options.settings.heapBytesMax };
  }

  /** Ends all queries and workers. */
  close(): void {
    this.#isClosed = true;
    const stopping = unavailable('the service is stopping');
    for (const entry of this.#waiting.splice(0)) entry.settle(stopping);
    for (const worker of this.#busy) worker.end(stopping);
    for (const { worker, cancel } of this.#idle.splice(0)) {
      cancel();
      worker.end(stopping);
    }
  }

  /** A query in the queue, which leaves it when its time is up or its reader is gone. */
  #entry(
    job: QueryJob,
    {
      patienceMs,
      signal,
    }: { readonly patienceMs: number; readonly signal?: AbortSignal | undefined },
    resolve: (outcome: QueryOutcome) => void,
  ): Waiting {
    const leave = (outcome: QueryOutcome): void => {
      const at = this.#waiting.indexOf(entry);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      entry.settle(outcome);
    };
    const onAbort = (): void => leave(GONE);
    const cancel = after(patienceMs, () => leave(unavailable('other queries took all its time')));
    const entry: Waiting = {
      job,
      deadlineMs: performance.now() + patienceMs,
      signal,
      settle: (outcome) => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      },
    };
    signal?.addEventListener('abort', onAbort);
    return entry;
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#busy.size < this.#options.concurrentMax) {
      const entry = this.#waiting.shift();
      if (entry !== undefined) this.#begin(entry);
    }
  }

  #begin(entry: Waiting): void {
    const worker = this.#worker();
    this.#busy.add(worker);
    const leftMs = Math.max(1, entry.deadlineMs - performance.now());
    const onAbort = (): void => worker.end(GONE);
    entry.signal?.addEventListener('abort', onAbort);
    const cancel = after(leftMs + GRACE_MS, () => worker.end(TIMED_OUT));
    worker
      .run({ job: entry.job, settings: this.#settings, timeoutMs: leftMs })
      .then((outcome) => {
        cancel();
        entry.signal?.removeEventListener('abort', onAbort);
        this.#busy.delete(worker);
        this.#keep(worker);
        entry.settle(outcome);
        this.#next();
      })
      .catch((error: unknown) => this.#options.onFault(error));
  }

  #worker(): WorkerHandle {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      idle.cancel();
      if (!idle.worker.isEnded) return idle.worker;
    }
    const { store, onFault, settings } = this.#options;
    return new WorkerHandle({ store, onFault, heapBytesMax: settings.heapBytesMax });
  }

  #keep(worker: WorkerHandle): void {
    if (worker.isEnded || this.#isClosed) return;
    const cancel = after(IDLE_MS, () => {
      const at = this.#idle.findIndex((idle) => idle.worker === worker);
      if (at >= 0) this.#idle.splice(at, 1);
      worker.end(GONE);
    });
    this.#idle.push({ worker, cancel });
  }
}

/** Real time, for a worker runs in real time whatever the clock of the service says. */
function after(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

const TIMED_OUT: QueryOutcome = {
  kind: 'refused',
  type: 'timeout',
  message: 'query timed out in expression evaluation',
};

/** For a reader that went away, so it is never seen. */
const GONE: QueryOutcome = {
  kind: 'refused',
  type: 'unavailable',
  message: 'the caller no longer waits',
};

function unavailable(reason: string): QueryOutcome {
  const message = `Cannot answer now: ${reason}`;
  return { kind: 'refused', type: 'unavailable', message, retryAfterSeconds: 1 };
}
