import type { Target } from '../capture/target.ts';
import { AttachError } from './attach-error.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
}

/** Another process, over its inspector. */
export class WebSocketTarget implements Target {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<(params: unknown) => void>>();
  readonly #closed = new AbortController();
  readonly #pid: number;
  #nextId = 1;

  private constructor(socket: WebSocket, pid: number) {
    this.#socket = socket;
    this.#pid = pid;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => {
      this.#closed.abort();
      for (const { reject } of this.#waiting.values()) reject(ended(pid));
      this.#waiting.clear();
    });
  }

  /** @throws {AttachError} when the connection cannot be made */
  static async connect(url: string, pid: number): Promise<WebSocketTarget> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () =>
        reject(new AttachError(`Cannot attach to ${pid}: its inspector refuses the connection`)),
      );
    });
    return new WebSocketTarget(socket, pid);
  }

  /** Aborted when the connection closes: the process ended, or this let go of it. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get isClosed(): boolean {
    return this.closed.aborted;
  }

  post(method: string, params: object = {}): Promise<unknown> {
    if (this.isClosed) return Promise.reject(ended(this.#pid));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  on(event: string, listener: (params: unknown) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  close(): void {
    this.#socket.close();
  }

  #receive(data: string): void {
    const { id, result, error, method, params } = JSON.parse(data) as Message;
    if (method !== undefined) {
      for (const listener of this.#listeners.get(method) ?? []) listener(params);
    }
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}

const ended = (pid: number): AttachError =>
  new AttachError(`The process ${pid} ended while it was profiled`, { isTargetGone: true });
