const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type EndSignal = (typeof SIGNALS)[number];

/**
 * Flushes when the process is told to end, and leaves the effect of the signal as it is without us:
 * with a handler of the application, that one decides; without, the signal is raised again and the
 * process dies of it, with its exit status. A second signal during the flush ends at once.
 *
 * Handlers that other preloaded modules installed before us end SDKs and never the process; they do
 * not count as the application's.
 */
export function flushOnSignals(flush: () => Promise<void>): void {
  for (const signal of SIGNALS) {
    const before = new Set<NodeJS.SignalsListener>(process.listeners(signal));
    let isFlushing = false;
    const listener: NodeJS.SignalsListener = () => {
      const isApplications = process
        .listeners(signal)
        .some((other) => other !== listener && !before.has(other));
      if (isApplications) {
        void flush();
      } else if (isFlushing) {
        raise(signal, [listener, ...before]);
      } else {
        isFlushing = true;
        void flush().finally(() => raise(signal, [listener, ...before]));
      }
    };
    process.on(signal, listener);
  }
}

function raise(signal: EndSignal, listeners: Iterable<NodeJS.SignalsListener>): void {
  for (const listener of listeners) process.removeListener(signal, listener);
  process.kill(process.pid, signal);
}
