/**
 * Flushes before the process dies of an error that nobody caught, then throws it again, so that
 * Node.js prints it and exits as it would have. An application that handles such errors itself is
 * left alone.
 */
export function flushOnCrash(flush: () => Promise<void>): void {
  let isDying = false;
  const listener = (error: unknown): void => {
    const isHandled = process.listenerCount('uncaughtException') > 1;
    if (isHandled) return;
    if (isDying) rethrow(error);
    isDying = true;
    void flush().finally(() => setImmediate(() => rethrow(error)));
  };
  process.on('uncaughtException', listener);

  function rethrow(error: unknown): never {
    process.removeListener('uncaughtException', listener);
    throw error; // Not from Telltale: it sent its telemetry and throws what the application threw.
  }
}
