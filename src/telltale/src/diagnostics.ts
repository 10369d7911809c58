import { writeSync } from 'node:fs';

import { sharedState } from '@telltale/core';

import { maskText } from './masking/secret-text.ts';

const INTERVAL_MS = 60_000;
/** The set of kinds is closed; the limit only guards against a bug. */
const KINDS_MAX = 100;
const LINE_LENGTH_MAX = 400;
const STDERR = 2;

interface KindState {
  lastMs: number;
  held: number;
}

const kinds = (): Map<string, KindState> => sharedState('telltale.diagnostics', () => new Map());

/**
 * Tells the operator something in one line on standard error: once a minute a kind, with the
 * number of lines that were held back. `OTEL_LOG_LEVEL=none` silences it.
 */
export function report(kind: string, message: string): void {
  if (process.env['OTEL_LOG_LEVEL']?.toLowerCase() === 'none') return;
  const states = kinds();
  const nowMs = performance.now();
  const state = states.get(kind);
  if (state !== undefined && nowMs - state.lastMs < INTERVAL_MS) {
    state.held += 1;
    return;
  }
  if (state === undefined && states.size >= KINDS_MAX) return;
  const held = state?.held ?? 0;
  states.set(kind, { lastMs: nowMs, held: 0 });
  writeLine(held === 0 ? message : `${message} (${held} more of this kind in the last minutes)`);
}

/** As `report`, once a process. */
export function reportOnce(kind: string, message: string): void {
  if (!kinds().has(kind)) report(kind, message);
}

/** One line, whatever the text: a full or closed pipe never reaches the application. */
function writeLine(text: string): void {
  const line = maskText(text).replace(/\s+/gu, ' ').trim().slice(0, LINE_LENGTH_MAX);
  try {
    writeSync(STDERR, `telltale: ${line}\n`);
  } catch {
    // Standard error is closed.
  }
}

/** The reason of a failure without its stack. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message === '' ? (code ?? cause.name) : cause.message;
}
