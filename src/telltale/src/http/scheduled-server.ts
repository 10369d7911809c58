import { isMainThread } from 'node:worker_threads';

import { isLoopback } from '@telltale/core';

import type { Config } from '../config.ts';
import { createMonitoringRouter } from './monitoring.ts';
import { type MonitoringServer, serveMonitoring } from './server.ts';

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

export interface ScheduledServer {
  stop(): void;
  /** The port that it listens on; `undefined` when there is none. */
  readonly port: Promise<number | undefined>;
}

const NO_SERVER: ScheduledServer = { stop: () => {}, port: Promise.resolve(undefined) };

/**
 * Serves the monitoring endpoints on the main thread: soon once a model is loaded, later without one,
 * and again and again while another process has the port. `hasModel` is asked every now and then.
 */
export function scheduleServer(config: Config, hasModel: () => boolean): ScheduledServer {
  const port = config.number('OTEL_EXPORTER_PROMETHEUS_PORT') ?? config.get('monitoring.port');
  if (!isMainThread || typeof port !== 'number') return NO_SERVER;
  const host =
    config.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? config.text('monitoring.host') ?? '127.0.0.1';
  const startMs = performance.now();
  let server: MonitoringServer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let resolvePort: (port: number | undefined) => void = () => {};
  const listening = new Promise<number | undefined>((resolve) => {
    resolvePort = resolve;
  });
  const later = (work: () => void, delayMs: number): void => {
    timer = setTimeout(work, delayMs);
    timer.unref();
  };
  const open = async (): Promise<void> => {
    server = serveMonitoring(createMonitoringRouter(isLoopback(host), host), { host, port });
    const opened = await server.listening;
    resolvePort(opened);
    if (opened === undefined && !isStopped) later(() => void open(), RETRY_MS);
  };
  const look = (): void => {
    const isLate = performance.now() - startMs >= DELAY_WITHOUT_MODEL_MS;
    if (isLate || hasModel()) void open();
    else later(look, LOOK_EVERY_MS);
  };
  later(look, DELAY_MS);
  return {
    port: listening,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      server?.close();
      resolvePort(undefined);
    },
  };
}
