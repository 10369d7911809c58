import { logs, metrics, type ProxyTracerProvider, trace } from '@opentelemetry/api';

import { FLUSH_TIMEOUT_MS, sharedState } from '@telltale/core';
import { startTimer, stopTimer } from '@telltale/instrument';

import { reasonOf, report } from './diagnostics.ts';
import { abortExporters, drainExporters } from './export/running-exporters.ts';
import { countError } from './self-metrics.ts';

interface Flushable {
  forceFlush?(): Promise<unknown>;
}

interface Running {
  shutdown?: () => Promise<void>;
  prepare?: () => void;
  saves?: (() => Promise<unknown>)[];
  watch?: FlushWatch;
}

type FlushWatch = () => () => void;

const running = (): Running => sharedState('telltale.running', () => ({}));

/** Told by `start` what there is to end. */
export function setShutdown(end: () => Promise<void>): void {
  running().shutdown = end;
}

/** Told by `start` what must close its spans before a flush. */
export function setPrepare(prepare: () => void): void {
  running().prepare = prepare;
}

/** Closes what has to be closed before a flush, such as spans that are open for long. */
export function prepareFlush(): void {
  running().prepare?.();
}

/** `begin` is called before each flush, and what it returns once everything was handed on. */
export function watchFlushes(begin: FlushWatch): void {
  running().watch = begin;
}

/** How state that is kept over restarts is written; the flush waits for it. */
export function addSave(save: () => Promise<unknown>): void {
  (running().saves ??= []).push(save);
}

/**
 * Sends all telemetry that is still held, through whichever providers are in charge. For functions
 * that are frozen between two requests. Resolves once it has arrived or failed, or after `timeoutMs`;
 * never rejects. Holds the process meanwhile.
 */
export async function flush(timeoutMs: number = FLUSH_TIMEOUT_MS): Promise<void> {
  await bounded(flushProviders, timeoutMs);
}

/**
 * Sends all telemetry that is still held and ends the SDK that Telltale started. For applications
 * that call `process.exit()`, where nothing can be sent any more. Never rejects.
 */
export async function shutdown(timeoutMs: number = FLUSH_TIMEOUT_MS): Promise<void> {
  const end = running().shutdown;
  // Taken before it is awaited: a second call finds nothing to end.
  delete running().shutdown;
  await bounded(async () => {
    await flushProviders();
    await end?.();
  }, timeoutMs);
}

async function flushProviders(): Promise<void> {
  const end = running().watch?.();
  prepareFlush();
  const flushes = providers().map(async (provider) => provider.forceFlush?.());
  const saves = (running().saves ?? []).map((save) => save());
  await Promise.allSettled([...flushes, ...saves]);
  // A flush of the SDK resolves when the exporter has the batch, not when the batch has arrived.
  await drainExporters();
  end?.();
}

function providers(): readonly Flushable[] {
  const all: object[] = [
    delegateOf(trace.getTracerProvider()),
    metrics.getMeterProvider(),
    logs.getLoggerProvider(),
  ];
  return all as Flushable[];
}

function delegateOf(provider: object): object {
  const proxy = provider as Partial<ProxyTracerProvider>;
  return typeof proxy.getDelegate === 'function' ? proxy.getDelegate() : provider;
}

async function bounded(work: () => Promise<unknown>, timeoutMs: number): Promise<void> {
  let stop: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    const timer = startTimer(() => {
      abortExporters();
      report('flush', `Cannot send all telemetry within ${timeoutMs} ms: what is left is dropped`);
      resolve();
    }, timeoutMs);
    stop = () => stopTimer(timer);
  });
  try {
    await Promise.race([work(), late]);
  } catch (cause) {
    countError('flush', 'exception');
    report('flush', `Cannot send all telemetry: ${reasonOf(cause)}`);
  } finally {
    stop();
  }
}
