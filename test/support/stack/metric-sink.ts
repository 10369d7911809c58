import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportPoints, pointKey } from './export-points.ts';
import { readOtlpBody } from './otlp-body.ts';

/** Takes OTLP metrics in Prometheus' place and keeps every point, or is down when told so. */
export class MetricSink {
  readonly points: Set<string> = new Set();
  isDown = false;
  readonly #server = createServer((request, response) => {
    void this.#take(request, response).catch(() => request.socket.destroy());
  });

  /** For `PROM_OTLP`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/otlp`;
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

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { body } = await readOtlpBody(request);
    if (this.isDown) {
      response.writeHead(503).end();
      return;
    }
    for (const point of exportPoints(body)) this.points.add(pointKey(point));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
}
