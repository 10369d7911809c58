import {
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  EVENT_PROCESS_UNCAUGHT_EXCEPTION,
} from '@telltale/core';

import { emitEvent } from './emit-event.ts';

const FRAMES_MAX = 50;

/** Emits `process.uncaught_exception` for an uncaught error. It changes nothing else. */
export function watchUncaught(): void {
  let last: unknown;
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    // After the flush the same error is thrown again.
    if (error === last) return;
    last = error;
    try {
      const type = error instanceof Error ? error.constructor.name : typeof error;
      emitEvent(EVENT_PROCESS_UNCAUGHT_EXCEPTION, {
        message: `Uncaught error of class ${type}`,
        attributes: {
          [ATTR_EXCEPTION_TYPE.name]: type,
          ...(error instanceof Error ? stack(error) : {}),
        },
      });
    } catch {
      // The process is dying of the application's own error, which stays the one that is seen.
    }
  });
}

/** Only the frames: the message may hold private values. */
function stack(error: Error): Readonly<Record<string, string>> {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
  const text = frames.slice(0, FRAMES_MAX).join('\n');
  return text === '' ? {} : { [ATTR_EXCEPTION_STACKTRACE.name]: text };
}
