import { getCallSites } from 'node:util';

/**
 * Flushes of one process. A listener that begins something each time that telemetry was sent, as a
 * tool that watches requests does, would never let it end.
 */
const FLUSHES_MAX = 3;

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Calls `flush` each time that the application has nothing left to do, before anyone is told so.
 *
 * Whatever a listener of `beforeExit` sends keeps the process alive, and Node.js then tells all
 * listeners a second time: an application that closes something there would do it twice. So the
 * first telling is held back until the flush is over, and all listeners are told once, as without us.
 *
 * Node.js itself tells it by `process.emit` with no JavaScript below; every other caller has some.
 * So only Node.js is ever given our function, and no stack trace of the application shows it.
 *
 * @param hooks `onTold` is called when the listeners are told after a flush. Once the flushes of
 * several rounds took `budgetMs` together there is no further one: a backend that hangs costs that
 * once.
 */
export function beforeNaturalEnd(hooks: {
  readonly flush: () => Promise<void>;
  readonly budgetMs: number;
  readonly onTold: () => void;
}): void {
  let plain: Emit | undefined = Object.getOwnPropertyDescriptor(process, 'emit')?.value as Emit;
  let isFlushed = false;
  let flushes = 0;
  let spentMs = 0;
  const current = (): Emit => plain ?? (Object.getPrototypeOf(process) as { emit: Emit }).emit;
  const emit: Emit = function emit(event, ...args) {
    if (event !== 'beforeExit') return Reflect.apply(current(), this, [event, ...args]);
    isFlushed = true;
    flushes += 1;
    // A flush that waits for nothing would let the process end without telling anyone.
    setImmediate(() => {});
    const startMs = performance.now();
    void hooks.flush().finally(() => {
      spentMs += performance.now() - startMs;
    });
    return true;
  };
  Object.defineProperty(process, 'emit', {
    configurable: true,
    enumerable: false,
    get: () => {
      if (getCallSites(2, { sourceMap: false }).length > 1) return current();
      const isSpent = spentMs >= hooks.budgetMs;
      if (!isFlushed && !isSpent && flushes < FLUSHES_MAX) return emit;
      // Runs only if the listeners found something to do, which may be worth another flush; else
      // Node.js tells `exit` next.
      setImmediate(() => {
        isFlushed = false;
      }).unref();
      if (isFlushed || isSpent) hooks.onTold();
      return current();
    },
    set: (theirs: Emit | undefined) => {
      plain = theirs;
    },
  });
}
