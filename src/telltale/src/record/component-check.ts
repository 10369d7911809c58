export interface ComponentCheckOptions {
  /** Milliseconds between two probes. Default 15,000. */
  readonly everyMs?: number;
  /** Milliseconds after which a probe has failed. Default 2,000. */
  readonly timeoutMs?: number;
}

const EVERY_MS = 15_000;
const TIMEOUT_MS = 2_000;

type Probe = () => boolean | Promise<boolean>;

// The application's tests may replace timers, so ours are taken at load.
const { setInterval, clearInterval, setTimeout, clearTimeout } = globalThis;

/** Runs a probe again and again, never twice at a time. */
export class ComponentCheck {
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  /** @param tell gets `undefined` when the probe passed, else the reason why it did not */
  start(
    probe: Probe | undefined,
    { everyMs = EVERY_MS, timeoutMs = TIMEOUT_MS }: ComponentCheckOptions,
    tell: (failure: string | undefined) => void,
  ): void {
    clearInterval(this.#timer);
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
    this.#timer = setInterval(run, Math.max(1, everyMs));
    this.#timer.unref();
    run();
  }

  async #ask(probe: Probe, timeoutMs: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
      timer.unref();
    });
    const answer = async (): Promise<string | undefined> =>
      (await probe()) === true ? undefined : 'the check answered false';
    try {
      return await Promise.race([answer(), timeout]);
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause);
    } finally {
      clearTimeout(timer);
    }
  }
}
