/** Captured because test suites replace the globals with fake timers. */
const queueImmediate: typeof setImmediate = setImmediate;

/**
 * Work that waits for the event loop: one piece a turn, so that requests come in between. It holds a
 * process until it is done: a loop that nothing holds sleeps over it.
 */
export function deferred(): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let isQueued = false;
  const queue = (): void => {
    if (isQueued || waiting.length === 0) return;
    isQueued = true;
    queueImmediate(run);
  };
  const run = (): void => {
    isQueued = false;
    const work = waiting.shift();
    queue();
    try {
      work?.();
    } catch {
      // The application must not hear of it; whoever queued the work counts its failures.
    }
  };
  return (work) => {
    waiting.push(work);
    queue();
  };
}
