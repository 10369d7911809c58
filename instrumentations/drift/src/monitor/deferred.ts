import { queueImmediate } from '@telltale/instrument';

/**
 * Work that waits for the event loop: one piece a turn, so that requests come in between. Uses a
 * referenced `setImmediate`, so the process stays alive until the queue is empty.
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
      // The application must not see the error; the code that queued the work counts its failures.
    }
  };
  return (work) => {
    waiting.push(work);
    queue();
  };
}
