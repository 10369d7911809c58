import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { spanKeys } from './span-keys.ts';

/** u8 compressed, u32 length. */
const FRAME_HEAD_BYTES = 5;
const EMPTY_FRAME = Buffer.alloc(FRAME_HEAD_BYTES);
const GRPC_OK = '0';
const GRPC_UNAVAILABLE = '14';

/** Takes traces over gRPC in the trace store's place, or is down when told so. */
export class TraceSink {
  readonly spans: Set<string> = new Set();
  isDown = false;
  readonly #server: Http2Server = createServer();

  constructor() {
    this.#server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      this.#take(stream).catch(() => stream.close());
    });
    this.#server.on('sessionError', () => undefined);
  }

  /** For `TEMPO_OTLP`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** To be called when the OTel Collector is gone: its connection would hold the server. */
  stop(): void {
    this.#server.close();
  }

  async #take(stream: ServerHttp2Stream): Promise<void> {
    const frame = await buffer(stream);
    if (!this.isDown) {
      const message = frame.subarray(FRAME_HEAD_BYTES);
      const body = frame[0] === 1 ? gunzipSync(message) : message;
      for (const span of spanKeys(body)) this.spans.add(span);
    }
    const status = this.isDown ? GRPC_UNAVAILABLE : GRPC_OK;
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    stream.respond(head, { waitForTrailers: true });
    stream.end(EMPTY_FRAME);
  }
}
