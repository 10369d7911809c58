import { startInterval, startTimer, stopInterval, stopTimer } from '@telltale/instrument';

export interface ComponentCheckOptions {
  /** Milliseconds between two probes. Default 15,000. */
  readonly everyMs?: number;
  /** Milliseconds after which a probe has failed. Default 2,000. */
  readonly timeoutMs?: number;
}

const EVERY_MS = 15_000;
const TIMEOUT_MS = 2_000;

/** Anything but `false` is up: a client's `ping()` resolves to 'PONG', or to nothing at all. */
export type Probe = () => unknown;

/** Why a check failed. */
export interface CheckFailure {
  /** A few words of ours, with the code of the error at most: safe to show to everybody. */
  readonly reason: string;
  /** The message of the error: it may hold addresses and passwords. */
  readonly detail?: string;
}

/** Runs a probe again and again, never twice at a time. */
export class ComponentCheck {
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  /** @param tell gets `undefined` when the probe passed, else why it did not */
  start(
    probe: Probe | undefined,
    { everyMs = EVERY_MS, timeoutMs = TIMEOUT_MS }: ComponentCheckOptions,
    tell: (failure: CheckFailure | undefined) => void,
  ): void {
    stopInterval(this.#timer);
    this.#timer = undefined;
    if (probe === undefined) return;
    const run = (): void => {
      if (this.#isRunning) return;
      this.#isRunning = true;
      void this.#ask(probe, timeoutMs).then((failure) => {
        this.#isRunning = false;
        tell(failure);
      });
    };
    this.#timer = startInterval(run, Math.max(1, everyMs));
    this.#timer.unref();
    run();
  }

  async #ask(probe: Probe, timeoutMs: number): Promise<CheckFailure | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<CheckFailure>((resolve) => {
      timer = startTimer(() => resolve({ reason: `no answer within ${timeoutMs} ms` }), timeoutMs);
      timer.unref();
    });
    const answer = async (): Promise<CheckFailure | undefined> =>
      (await probe()) === false ? { reason: 'the check answered false' } : undefined;
    try {
      return await Promise.race([answer(), timeout]);
    } catch (cause) {
      return failureOf(cause);
    } finally {
      stopTimer(timer);
    }
  }
}

/** `ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID`, `28P01`: no place for a secret. */
const CODE = /^[A-Z0-9_]{2,48}$/u;
const CLASS = /^[A-Z][A-Za-z0-9]{0,47}$/u;

/** An error that an application threw may be anything, and reading it may throw too. */
function failureOf(cause: unknown): CheckFailure {
  try {
    if (!(cause instanceof Error)) return { reason: 'the check failed', detail: String(cause) };
    const { code } = cause as { readonly code?: unknown };
    const isCode = typeof code === 'string' && CODE.test(code);
    const word = isCode ? code : cause.name;
    const isSafe = isCode || CLASS.test(word);
    return {
      reason: isSafe ? `the check failed: ${word}` : 'the check failed',
      detail: cause.message,
    };
  } catch {
    return { reason: 'the check failed' };
  }
}
