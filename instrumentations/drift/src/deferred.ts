/** Captured because test suites replace the globals with fake timers. */
const queueImmediate: typeof setImmediate = setImmediate;

/**
 * Work that waits for the event loop: one piece a turn, so that requests come in between. It does
 * not keep a process alive.
 */
export function deferred(): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let isQueued = false;
  const queue = (): void => {
    if (isQueued || waiting.length === 0) return;
    isQueued = true;
    queueImmediate(run).unref();
  };
  const run = (): void => {
    isQueued = false;
    const work = waiting.shift();
    queue();
    work?.();
  };
  return (work) => {
    waiting.push(work);
    queue();
  };
}
