import { Session } from 'node:inspector';

import type { Target } from './target.ts';

/** This process, over a session of its own thread: no port is opened. */
export class InProcessTarget implements Target {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
  }

  post(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error, result) => {
        if (error === null) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  on(event: string, listener: (params: unknown) => void): () => void {
    const receive = ({ params }: { params?: unknown }): void => listener(params);
    this.#session.on(event, receive);
    return () => {
      this.#session.off(event, receive);
    };
  }

  close(): void {
    this.#session.disconnect();
  }
}
