import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { WebhookPayload } from '../../../collector/src/notify/channels/webhook/payload.ts';

/** Kinds of receivers, one path each. */
export const RECEIVERS = ['healthy', 'busy', 'failing', 'hanging', 'closing', 'down'] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** A message that a receiver accepted. */
export interface AcceptedMessage {
  readonly atMs: number;
  readonly receiver: ReceiverName;
  readonly key: string;
  readonly payload: WebhookPayload;
}

/** What was in the network when a destination asked for a pause may still arrive. */
const NETWORK_MS = 100;

/** Answers that a sick receiver gives instead of a good one, as shares of its requests. */
const BUSY_SHARE = 0.06;
const FAILING_SHARE = 0.3;
const HANGING_SHARE = 0.03;
const CLOSING_SHARE = 0.2;

/** Receivers on loopback that are ill, each in its own way. */
export class SickReceivers {
  readonly accepted: AcceptedMessage[] = [];
  requestsBeforeRetryAfter = 0;
  requests = 0;
  /** Refuses everything while set. */
  isDown = true;
  /** Called when a message was accepted and its answer is on its way. */
  onAccepted: (message: AcceptedMessage) => void = () => undefined;
  readonly #random: () => number;
  readonly #server: Server;
  #busySinceMs = 0;
  #busyUntilMs = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#take(request, response, Buffer.concat(chunks).toString()));
      request.on('error', () => undefined);
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

  #take(request: IncomingMessage, response: ServerResponse, body: string): void {
    this.requests += 1;
    const receiver = (request.url ?? '/').slice(1) as ReceiverName;
    const nowMs = Date.now();
    if (receiver === 'busy' && this.#isTooEarly(nowMs)) this.requestsBeforeRetryAfter += 1;
    if (!this.#misbehaves(receiver, response, nowMs)) return;
    const key = String(request.headers['idempotency-key']);
    const message = { atMs: nowMs, receiver, key, payload: JSON.parse(body) as WebhookPayload };
    this.accepted.push(message);
    response.end(() => undefined);
    this.onAccepted(message);
  }

  #isTooEarly(nowMs: number): boolean {
    return nowMs > this.#busySinceMs + NETWORK_MS && nowMs < this.#busyUntilMs;
  }

  /** Returns whether the request is to be accepted after all. */
  #misbehaves(receiver: ReceiverName, response: ServerResponse, nowMs: number): boolean {
    const chance = this.#random();
    const isWell: Readonly<Record<ReceiverName, boolean>> = {
      healthy: true,
      busy: nowMs >= this.#busyUntilMs && chance >= BUSY_SHARE,
      failing: chance >= FAILING_SHARE,
      hanging: chance >= HANGING_SHARE,
      closing: chance >= CLOSING_SHARE,
      down: !this.isDown,
    };
    if (isWell[receiver]) return true;
    if (receiver === 'busy') this.#refuseBusy(response, nowMs, chance);
    else if (receiver === 'closing') response.socket?.destroy();
    else if (receiver !== 'hanging') response.writeHead(receiver === 'down' ? 503 : 500).end();
    return false;
  }

  /** A pause of one second, as seconds or as a date. */
  #refuseBusy(response: ServerResponse, nowMs: number, chance: number): void {
    if (nowMs >= this.#busyUntilMs) {
      this.#busySinceMs = nowMs;
      // A date has whole seconds, so it is rounded up.
      this.#busyUntilMs = Math.ceil((nowMs + 1000) / 1000) * 1000;
    }
    const isDate = chance < BUSY_SHARE / 2;
    const seconds = String(Math.max(1, Math.ceil((this.#busyUntilMs - nowMs) / 1000)));
    const value = isDate ? new Date(this.#busyUntilMs).toUTCString() : seconds;
    response.writeHead(429, { 'retry-after': value }).end();
  }
}
