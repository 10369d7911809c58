import { type PostRequest, sendNow } from '../export/at-exit/last-send.ts';
import { beforeNaturalEnd } from './natural-end.ts';

/** Between the last `beforeExit` and `exit` nothing runs: what is sooner was no `process.exit()`. */
const SAME_TICK_MS = 5;

export interface ExitOptions {
  readonly flush: () => Promise<void>;
  /** What `flush` takes at most, and all flushes of a natural end together about. */
  readonly flushMs: number;
  /** What is still held, as requests. Called while the process ends: must not wait. */
  readonly lastRequests: () => readonly PostRequest[];
  /** How long a process that ends at once is held; 0 for not at all. */
  readonly lastSendMs: number;
  /** Whether that is also done when it dies of an uncaught error. */
  readonly isAfterCrash: boolean;
  /** Told how many of the requests did not arrive in time. */
  readonly onLost: (requests: number) => void;
}

/**
 * Flushes when the application has nothing left to do, before all who wait for that, because others
 * end their SDK then. A process that ends at once, by `process.exit()` or by an uncaught
 * error, cannot wait for anything: what is left is then sent by another thread while this one stands
 * still. Nothing of the application runs meanwhile, and neither its exit code nor what it
 * prints changes.
 */
export function flushAtExit(options: ExitOptions): void {
  let lastBeforeExitMs = Number.NEGATIVE_INFINITY;
  let isCrashing = false;
  beforeNaturalEnd({
    flush: options.flush,
    // A timer may be early by a fraction.
    budgetMs: options.flushMs - 1,
    onTold: () => {
      lastBeforeExitMs = performance.now();
    },
  });
  process.on('uncaughtExceptionMonitor', () => {
    // With a listener of the application the process lives on.
    isCrashing = process.listenerCount('uncaughtException') === 0;
  });
  process.on('exit', () => {
    if (isCrashing && !options.isAfterCrash) return;
    // An end by itself, which the flush has already served.
    if (performance.now() - lastBeforeExitMs < SAME_TICK_MS) return;
    try {
      const requests = options.lastSendMs > 0 ? options.lastRequests() : [];
      const arrived = sendNow(requests, options.lastSendMs);
      if (arrived < requests.length) options.onLost(requests.length - arrived);
    } catch {
      // The process ends, and that is the application's.
    }
  });
}
