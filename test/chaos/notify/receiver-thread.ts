/**
 * Receivers on loopback that are ill, each in its own way. They run in a thread of their own, so
 * that their times are theirs and not those of a harness that is busy with something else.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';

import type { WebhookPayload } from '../../../collector/src/notify/channels/webhook/payload.ts';
import { createRandom } from '../phases.ts';
import type {
  AcceptedMessage,
  EarlyRequest,
  FromReceivers,
  ReceiverName,
  ReceiverSetup,
  ToReceivers,
} from './receiver-messages.ts';

/** What was in the network when a destination asked for a pause may still arrive. */
const NETWORK_MS = 100;

const STALL_RESOLUTION_MS = 10;

/** Answers that a sick receiver gives instead of a good one, as shares of its requests. */
const BUSY_SHARE = 0.06;
const FAILING_SHARE = 0.3;
const HANGING_SHARE = 0.03;
const CLOSING_SHARE = 0.2;

class SickReceivers {
  readonly #tell: (message: FromReceivers) => void;
  readonly #random: () => number;
  readonly #server: Server;
  readonly #stalls = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
  #isDown = true;
  /** The process to kill when the next message is accepted. */
  #victim: number | undefined;
  #requests = 0;
  #busySinceMs = 0;
  #busyUntilMs = 0;

  constructor(setup: ReceiverSetup, tell: (message: FromReceivers) => void) {
    this.#tell = tell;
    this.#random = createRandom(setup.seed);
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#take(request, response, Buffer.concat(chunks).toString()));
      request.on('error', () => undefined);
    });
    this.#server.listen(0, '127.0.0.1', () => {
      const { port } = this.#server.address() as AddressInfo;
      this.#tell({ kind: 'listening', url: `http://127.0.0.1:${port}` });
    });
    this.#stalls.enable();
  }

  obey(message: ToReceivers): void {
    switch (message.kind) {
      case 'recover':
        this.#isDown = false;
        return;
      case 'kill at accept':
        this.#victim = message.pid;
        return;
      case 'spare':
        this.#victim = undefined;
        return;
      case 'count': {
        const { max, mean } = this.#stalls;
        const stalls = { maxMs: max / 1e6, meanMs: mean / 1e6 - STALL_RESOLUTION_MS };
        this.#tell({ kind: 'counted', requests: this.#requests, stalls });
        return;
      }
      case 'stop':
        this.#server.closeAllConnections();
        this.#server.close();
        this.#stalls.disable();
    }
  }

  #take(request: IncomingMessage, response: ServerResponse, body: string): void {
    this.#requests += 1;
    const receiver = (request.url ?? '/').slice(1) as ReceiverName;
    const nowMs = Date.now();
    const payload = JSON.parse(body) as WebhookPayload;
    if (receiver === 'busy' && this.#isTooEarly(nowMs)) this.#tellEarly(payload, nowMs);
    if (this.#misbehaves(receiver, response, nowMs)) return;
    response.end(() => undefined);
    // The signal is sent before the other process can read the answer.
    const isKill = this.#killVictim();
    const key = String(request.headers['idempotency-key']);
    this.#tell({ kind: 'accepted', isKill, message: summary(payload, { receiver, key, nowMs }) });
  }

  /** Returns whether a process was killed. */
  #killVictim(): boolean {
    const pid = this.#victim;
    this.#victim = undefined;
    if (pid === undefined) return false;
    try {
      return process.kill(pid, 'SIGKILL');
    } catch {
      return false; // It is gone already.
    }
  }

  #tellEarly({ groupKey }: WebhookPayload, nowMs: number): void {
    const early: EarlyRequest = {
      groupKey,
      atMs: nowMs,
      askedMs: this.#busySinceMs,
      untilMs: this.#busyUntilMs,
    };
    this.#tell({ kind: 'early', early });
  }

  #isTooEarly(nowMs: number): boolean {
    return nowMs > this.#busySinceMs + NETWORK_MS && nowMs < this.#busyUntilMs;
  }

  /** Returns whether the request was answered in a bad way, or not at all. */
  #misbehaves(receiver: ReceiverName, response: ServerResponse, nowMs: number): boolean {
    const chance = this.#random();
    const isWell: Readonly<Record<ReceiverName, boolean>> = {
      healthy: true,
      busy: nowMs >= this.#busyUntilMs && chance >= BUSY_SHARE,
      failing: chance >= FAILING_SHARE,
      hanging: chance >= HANGING_SHARE,
      closing: chance >= CLOSING_SHARE,
      down: !this.#isDown,
    };
    if (isWell[receiver]) return false;
    if (receiver === 'busy') this.#refuseBusy(response, nowMs, chance);
    else if (receiver === 'closing') response.socket?.destroy();
    else if (receiver !== 'hanging') response.writeHead(receiver === 'down' ? 503 : 500).end();
    return true;
  }

  /** A pause of one to two seconds, as seconds or as a date. */
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

function summary(
  { groupKey, alerts }: WebhookPayload,
  {
    receiver,
    key,
    nowMs,
  }: { readonly receiver: ReceiverName; readonly key: string; readonly nowMs: number },
): AcceptedMessage {
  const ids = (status: string): string[] =>
    alerts.filter((alert) => alert.status === status).map(({ labels }) => labels['id'] ?? '');
  return {
    atMs: nowMs,
    receiver,
    key,
    groupKey,
    firing: ids('firing'),
    resolved: ids('resolved'),
  };
}

const port = parentPort;
if (port !== null) {
  const receivers = new SickReceivers(workerData as ReceiverSetup, (message) =>
    port.postMessage(message),
  );
  port.on('message', (message: ToReceivers) => {
    receivers.obey(message);
    if (message.kind === 'stop') port.close();
  });
}
