/** Flushes when the application has nothing left to do; once, because the flush is work too. */
export function flushBeforeExit(flush: () => Promise<void>): void {
  process.once('beforeExit', () => void flush());
}
