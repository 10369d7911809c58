import { reopenLogFiles } from '../logs/line-sink.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type EndSignal = (typeof SIGNALS)[number];

/**
 * Flushes when the process is told to end, and leaves the effect of the signal as it is without us:
 * with a handler of the application, that one decides; without, the signal is raised again and the
 * process dies of it, with its exit status. At SIGHUP a process that lives on opens its log files
 * again. A second signal during the flush ends at once.
 */
export function flushOnSignals(flush: () => Promise<void>): void {
  for (const signal of SIGNALS) {
    let isFlushing = false;
    const listener: NodeJS.SignalsListener = () => {
      const others = process.listeners(signal).filter((other) => other !== listener);
      const removed = [listener, ...others];
      if (!others.every(isSdkListener)) {
        if (signal === 'SIGHUP') reopenLogFiles();
        void flush();
      } else if (isFlushing) {
        raise(signal, removed);
      } else {
        isFlushing = true;
        void flush().finally(() => raise(signal, removed));
      }
    };
    // First of all: other tools end their SDK at a signal, and what we still emit must reach it.
    process.prependListener(signal, listener);
  }
}

/**
 * auto-instrumentations-node installs a handler that ends its SDK and never the process (0.82). It
 * is not a decision to live on, so it does not count as the application's.
 */
function isSdkListener(listener: NodeJS.SignalsListener): boolean {
  return (
    listener.name === 'shutdown' &&
    Function.prototype.toString.call(listener).includes('OpenTelemetry SDK terminated')
  );
}

function raise(signal: EndSignal, listeners: Iterable<NodeJS.SignalsListener>): void {
  for (const listener of listeners) process.removeListener(signal, listener);
  process.kill(process.pid, signal);
}
