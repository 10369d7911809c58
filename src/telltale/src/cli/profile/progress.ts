const STEP_MS = 1000;

/** Tells on standard error that time passes; rewrites its line on a terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param seconds how long it takes; `undefined` when not known */
  start(what: string, seconds: number | undefined): void {
    const startedMs = performance.now();
    this.tell(seconds === undefined ? `${what}; Ctrl-C ends it` : `${what} for ${seconds} s`);
    if (!this.#stream.isTTY) return;
    this.#timer = setInterval(() => {
      const passed = Math.round((performance.now() - startedMs) / 1000);
      const of = seconds === undefined ? '' : ` of ${seconds}`;
      this.#stream.write(`\r${what}: ${passed}${of} s `);
    }, STEP_MS);
    this.#timer.unref();
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#stream.write('\r\u001B[K');
  }

  tell(line: string): void {
    if (line !== '') this.#stream.write(`${line}\n`);
  }
}
