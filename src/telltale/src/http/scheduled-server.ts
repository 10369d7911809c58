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

export interface ScheduledServer {
  stop(): void;
  /** The port that it listens on; `undefined` when there is none. */
  readonly port: Promise<number | undefined>;
}

const NO_SERVER: ScheduledServer = { stop: () => {}, port: Promise.resolve(undefined) };

/** Serves the monitoring endpoints soon, on the main thread. */
export function scheduleServer(config: Config): ScheduledServer {
  const port = config.number('OTEL_EXPORTER_PROMETHEUS_PORT') ?? config.get('monitoring.port');
  if (!isMainThread || typeof port !== 'number') return NO_SERVER;
  const host =
    config.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? config.text('monitoring.host') ?? '127.0.0.1';
  let server: MonitoringServer | undefined;
  let resolvePort: (port: number | undefined) => void = () => {};
  const listening = new Promise<number | undefined>((resolve) => {
    resolvePort = resolve;
  });
  const timer = setTimeout(() => {
    server = serveMonitoring(createMonitoringRouter(isLoopback(host), host), { host, port });
    void server.listening.then(resolvePort);
  }, DELAY_MS);
  timer.unref();
  return {
    port: listening,
    stop: () => {
      clearTimeout(timer);
      server?.close();
      resolvePort(undefined);
    },
  };
}
