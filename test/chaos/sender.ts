import { type GaugePoint, metricsBody } from '../support/collector/alert-service.ts';
import { delay } from '../support/collector/service-process.ts';

const REQUEST_MS_MAX = 2000;
const RETRY_MS = 30;

/**
 * Sends requests one after the other and each until it is acknowledged, as an OTel Collector with
 * one consumer and a persistent queue does.
 */
export class AcknowledgedSender {
  readonly acknowledged: GaugePoint[] = [];
  /** Requests that were sent again because no answer came, or a 503. */
  repeats = 0;
  readonly #url: string;
  readonly #queue: (readonly GaugePoint[])[] = [];
  #isEnding = false;
  readonly #running: Promise<void>;

  constructor(otlpPort: number) {
    this.#url = `http://127.0.0.1:${otlpPort}/v1/metrics`;
    this.#running = this.#run();
  }

  send(points: readonly GaugePoint[]): void {
    this.#queue.push(points);
  }

  /** Resolves when everything was acknowledged. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding || this.#queue.length > 0) {
      const [points] = this.#queue;
      if (points === undefined) {
        await delay(5);
        continue;
      }
      if (await this.#post(metricsBody(points))) {
        this.acknowledged.push(...points);
        this.#queue.shift();
      } else {
        this.repeats += 1;
        await delay(RETRY_MS);
      }
    }
  }

  async #post(body: Uint8Array): Promise<boolean> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: body as Uint8Array<ArrayBuffer>,
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
      await response.arrayBuffer();
      if (response.status !== 200 && response.status !== 503) {
        throw new Error(`The service answered ${response.status}, which drops data for good`);
      }
      return response.status === 200;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('The service answered')) throw error;
      return false;
    }
  }
}
