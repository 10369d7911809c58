import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readOtlpBody } from './otlp-body.ts';
import { spanKeys } from './span-keys.ts';

/** An export that the application was told has been taken. */
export interface AcknowledgedExport {
  readonly path: string;
  readonly contentType: string;
  /** Uncompressed. */
  readonly body: Buffer;
  /** When the answer came. */
  readonly atMs: number;
}

/**
 * Stands between an application and its OTLP endpoint and keeps what was acknowledged. When the
 * endpoint does not answer, neither does the relay: the connection breaks off.
 */
export class AcknowledgingRelay {
  readonly acknowledged: AcknowledgedExport[] = [];
  readonly #target: string;
  readonly #server = createServer((request, response) => {
    void this.#relay(request, response).catch(() => request.socket.destroy());
  });

  /** @param target where exports go, such as `http://127.0.0.1:4318` */
  constructor(target: string) {
    this.#target = target;
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

  /** Exports of metrics acknowledged until now. */
  get metrics(): readonly AcknowledgedExport[] {
    return this.acknowledged.filter(({ path }) => path === '/v1/metrics');
  }

  /** Spans that were acknowledged at times that `isWanted` accepts. */
  spans(isWanted: (atMs: number) => boolean): readonly string[] {
    return this.acknowledged
      .filter(({ path, atMs }) => path === '/v1/traces' && isWanted(atMs))
      .flatMap(({ body }) => spanKeys(body));
  }

  async #relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { raw, body } = await readOtlpBody(request);
    const { url: path = '', headers } = request;
    const contentType = headers['content-type'] ?? '';
    const encoding = headers['content-encoding'];
    const answer = await fetch(`${this.#target}${path}`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
      body: Uint8Array.from(raw),
    });
    const answerBody = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 200) {
      this.acknowledged.push({ path, contentType, body, atMs: Date.now() });
    }
    const answerType = answer.headers.get('content-type') ?? contentType;
    response.writeHead(answer.status, { 'content-type': answerType }).end(answerBody);
  }
}
