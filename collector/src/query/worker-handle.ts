import { MessageChannel, Worker } from 'node:worker_threads';

import type { QueryOutcome } from '../exchange/query.ts';
import type { SeriesStore } from '../storage/series-store.ts';
import type { SelectionRequest, WorkerReport, WorkerStart, WorkerTask } from './protocol.ts';
import { SelectionFeed } from './selection-feed.ts';
import { selectionBytesMax } from './settings.ts';

export interface WorkerHandleOptions {
  readonly store: SeriesStore;
  readonly heapBytesMax: number;
  /** Told about an end that was not asked for, other than by a query that was too large. */
  readonly onFault: (error: unknown) => void;
}

/** Sources are run by tests and tools, compiled files by everybody else. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const ENTRY = new URL(IS_SOURCE ? './query-worker.ts' : './query-worker.js', import.meta.url);

const YOUNG_BYTES = 32 * 2 ** 20;

interface RunningJob {
  readonly chunks: Uint8Array[];
  resolve(outcome: QueryOutcome): void;
}

/** One worker thread: a job at a time, ended with the thread when it does not end by itself. */
export class WorkerHandle {
  readonly #worker: Worker;
  readonly #feed: SelectionFeed;
  readonly #options: WorkerHandleOptions;
  #running: RunningJob | undefined;
  #isEnded = false;

  constructor(options: WorkerHandleOptions) {
    const { store, heapBytesMax } = options;
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4);
    this.#options = options;
    this.#feed = new SelectionFeed({
      store,
      port: port1,
      signal: new Int32Array(signal),
      bytesMax: selectionBytesMax(options),
    });
    port1.on('message', (request: SelectionRequest) => this.#serve(request));
    const start: WorkerStart = { port: port2, signal };
    this.#worker = new Worker(ENTRY, {
      workerData: start,
      transferList: [port2],
      name: 'telltale-query',
      execArgv: IS_SOURCE ? ['--conditions=@telltale/source'] : [],
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20),
        maxYoungGenerationSizeMb: YOUNG_BYTES / 2 ** 20,
      },
    });
    this.#worker.on('message', (report: WorkerReport) => this.#take(report));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the query worker ended')));
    this.#worker.unref();
    port1.unref();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Runs a job. The handle must not have one. */
  run(task: WorkerTask): Promise<QueryOutcome> {
    this.#feed.reset();
    return new Promise((resolve) => {
      this.#running = { chunks: [], resolve };
      this.#worker.postMessage(task);
    });
  }

  /** Ends the thread, whatever it does; `outcome` is the answer of its job. */
  end(outcome: QueryOutcome): void {
    this.#settle(outcome);
    this.#isEnded = true;
    this.#feed.close();
    this.#worker.terminate().catch(() => undefined);
  }

  #serve(request: SelectionRequest): void {
    this.#feed.serve(request).catch((error: unknown) => {
      this.#options.onFault(error);
      this.end(INTERNAL);
    });
  }

  #take(report: WorkerReport): void {
    if (report.kind === 'piece') this.#running?.chunks.push(report.bytes);
    else if (report.kind === 'done') this.#settle(this.#answer());
    else this.#settle(report);
  }

  #answer(): QueryOutcome {
    return { kind: 'answer', chunks: this.#running?.chunks ?? [] };
  }

  #settle(outcome: QueryOutcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.resolve(outcome);
  }

  #end(error: unknown): void {
    if (this.#isEnded) return;
    const { code } = error as NodeJS.ErrnoException;
    const isTooLarge = code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!isTooLarge) this.#options.onFault(error);
    this.end(isTooLarge ? tooLarge(this.#options.heapBytesMax) : INTERNAL);
  }
}

const INTERNAL: QueryOutcome = {
  kind: 'refused',
  type: 'unavailable',
  message: 'the query ended for a fault of the service, which its log explains',
  retryAfterSeconds: 1,
};

function tooLarge(heapBytesMax: number): QueryOutcome {
  const mebibytes = Math.floor(heapBytesMax / 2 ** 20);
  const message =
    `query needs more memory than the ${mebibytes} MiB that a query may have: select fewer series, ` +
    'ask for fewer steps, or raise collector.promql.max_query_bytes';
  return { kind: 'refused', type: 'execution', message };
}
