import { isMainThread } from 'node:worker_threads';

import { isLoopback } from '@telltale/core';

import type { Config } from '../../config.ts';
import { reportOnce } from '../../diagnostics.ts';
import type { Membership } from '../../shared-page/membership.ts';
import type { SharedPage } from '../../shared-page/shared-page.ts';
import { type MonitoringServer, serveMonitoring } from '../server.ts';
import { createMonitoringRouter } from './monitoring.ts';

/**
 * The server waits this long, so that an application which starts its own SDK and page first thing
 * finds the port free.
 */
const DELAY_MS = 200;
/**
 * A process without a model waits this long: it may be a launcher, such as that of tsx or the primary
 * of a cluster, and the page belongs to the process that runs the model.
 */
const DELAY_WITHOUT_MODEL_MS = 5_000;
const LOOK_EVERY_MS = 100;
/** How often a port that is taken is tried again: by the new process of a reload, for example. */
const RETRY_MS = 5_000;
/** The process that has just taken the port may not listen for others yet. */
const JOIN_TRIES = 3;
const JOIN_AGAIN_MS = 100;

export interface ScheduledServer {
  stop(): void;
  /** The port that it listens on; `undefined` when there is none. */
  readonly port: Promise<number | undefined>;
}

export interface ServerParts {
  /** Asked every now and then. */
  readonly hasModel: () => boolean;
  readonly page: SharedPage | undefined;
}

const NO_SERVER: ScheduledServer = { stop: () => {}, port: Promise.resolve(undefined) };

/**
 * Serves the monitoring endpoints on the main thread: soon once a model is loaded, later without one.
 * While another process has the port, this one shows what it watches on the page of that one, or, when
 * that one is none of its service, tries again and again.
 */
export function scheduleServer(config: Config, parts: ServerParts): ScheduledServer {
  const port = pagePort(config);
  if (!isMainThread || port === undefined) return NO_SERVER;
  return new PageServer({ host: pageHost(config), port }, parts);
}

/** The port of the page; `undefined` where it is switched off. */
export function pagePort(config: Config): number | undefined {
  const port = config.number('OTEL_EXPORTER_PROMETHEUS_PORT') ?? config.get('monitoring.port');
  return typeof port === 'number' ? port : undefined;
}

const pageHost = (config: Config): string =>
  config.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? config.text('monitoring.host') ?? '127.0.0.1';

interface Address {
  readonly host: string;
  readonly port: number;
}

class PageServer implements ScheduledServer {
  readonly port: Promise<number | undefined>;
  readonly #address: Address;
  readonly #parts: ServerParts;
  readonly #startMs: number = performance.now();
  #server: MonitoringServer | undefined;
  #membership: Membership | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #resolvePort: (port: number | undefined) => void = () => {};

  constructor(address: Address, parts: ServerParts) {
    this.#address = address;
    this.#parts = parts;
    this.port = new Promise((resolve) => {
      this.#resolvePort = resolve;
    });
    this.#later(() => this.#look(), DELAY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#parts.page?.close();
    this.#membership?.leave();
    this.#server?.close();
    this.#resolvePort(undefined);
  }

  #look(): void {
    const isLate = performance.now() - this.#startMs >= DELAY_WITHOUT_MODEL_MS;
    if (isLate || this.#parts.hasModel()) this.#tryOpen();
    else this.#later(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Whatever fails here must not become a rejection of the application's. */
  #tryOpen(): void {
    this.#open().catch((cause: unknown) => {
      this.#resolvePort(undefined);
      reportOnce('page', `Cannot serve metrics: ${String(cause)}`);
    });
  }

  async #open(): Promise<void> {
    const { host, port } = this.#address;
    const router = createMonitoringRouter(isLoopback(host), host);
    const server = serveMonitoring(router, this.#address);
    this.#server = server;
    const opened = await server.listening;
    if (this.#isStopped) return;
    if (typeof opened === 'number') {
      this.#resolvePort(opened);
      if (port !== 0) this.#parts.page?.admit();
      return;
    }
    if (opened.isTaken && (await this.#join())) return;
    this.#resolvePort(undefined);
    if (this.#isStopped) return;
    reportOnce('page', `Cannot serve metrics on ${host}:${port}: ${opened.reason}`);
    this.#later(() => this.#tryOpen(), RETRY_MS);
  }

  /** Whether this process shows its metrics on the page of the one that has the port. */
  async #join(): Promise<boolean> {
    for (let left = JOIN_TRIES; left > 0 && !this.#isStopped; left -= 1) {
      const membership = await this.#parts.page?.join();
      if (membership !== undefined) {
        this.#membership = membership;
        this.#resolvePort(undefined);
        if (this.#isStopped) membership.leave();
        void membership.ended.then(() => this.#tookLeave());
        return true;
      }
      await new Promise<void>((resolve) => this.#later(resolve, JOIN_AGAIN_MS));
    }
    return false;
  }

  /** The port is free again, and one of the processes that were on its page takes it. */
  #tookLeave(): void {
    this.#membership = undefined;
    if (!this.#isStopped) this.#later(() => this.#tryOpen(), JOIN_AGAIN_MS);
  }

  #later(work: () => void, delayMs: number): void {
    this.#timer = setTimeout(work, delayMs);
    this.#timer.unref();
  }
}
