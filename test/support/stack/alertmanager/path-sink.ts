import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { WebhookPayload } from '../../../../collector/src/notify/channels/webhook/payload.ts';

export interface PathMessage {
  /** The path that the message was posted to, which tells receivers apart. */
  readonly path: string;
  readonly payload: WebhookPayload;
}

/** A webhook receiver that keeps what each of its paths got. */
export class PathSink {
  readonly received: PathMessage[] = [];
  /** When the first and the last message came, by the monotonic clock. */
  firstMs = 0;
  lastMs = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const payload = JSON.parse(Buffer.concat(chunks).toString()) as WebhookPayload;
        this.lastMs = performance.now();
        if (this.received.length === 0) this.firstMs = this.lastMs;
        this.received.push({ path: request.url ?? '', payload });
        response.end();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
