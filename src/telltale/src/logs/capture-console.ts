import { format } from 'node:util';

import { context, logs } from '@opentelemetry/api';

import { sharedState } from '@telltale/core';

/** Instrumentation scope of what the application wrote with `console`. */
export const CONSOLE_SCOPE = 'console';
const TEXT_LENGTH_MAX = 8_192;

const SEVERITIES = { trace: 1, debug: 5, log: 9, info: 9, warn: 13, error: 17 } as const;

type Method = keyof typeof SEVERITIES;
type Write = (...parts: unknown[]) => void;

/**
 * Makes log records of what the application writes with `console`, with the trace of the call.
 *
 * @param replaces whether the application's own line is left out, because a line of JSON stands for it
 * @returns what undoes it
 */
export function captureConsole(replaces: boolean, target: Console = console): () => void {
  const undo = Object.entries(SEVERITIES).map(([name, severityNumber]) => {
    const method = name as Method;
    const original: Write = target[method].bind(target);
    const before = target[method];
    let isEmitting = false;
    const captured: Write = (...parts) => {
      // Whatever logs while a record is made must not make another one.
      if (isEmitting) return original(...parts);
      isEmitting = true;
      const isMade = emit(severityNumber, parts);
      isEmitting = false;
      if (!replaces || !isMade) original(...parts);
    };
    target[method] = captured;
    return (): void => {
      if (target[method] === captured) target[method] = before;
    };
  });
  return () => {
    for (const step of undo) step();
  };
}

function emit(severityNumber: number, parts: readonly unknown[]): boolean {
  try {
    const body = format(...parts).slice(0, TEXT_LENGTH_MAX);
    const logger = logs.getLoggerProvider().getLogger(CONSOLE_SCOPE);
    logger.emit({ severityNumber, body, context: context.active() });
    return true;
  } catch {
    return false;
  }
}

/** As `captureConsole`, once a process. */
export function captureConsoleOnce(replaces: boolean): void {
  sharedState('telltale.console', () => captureConsole(replaces));
}
