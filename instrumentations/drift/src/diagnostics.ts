import { textKey } from '@telltale/core';

/** What an operator should know once, as a closed union. */
export type DriftDiagnosticCode =
  | 'bad_value'
  | 'streams_overflow'
  | 'stream_evicted'
  | 'thinned'
  | 'state_ignored'
  | 'state_failed';

/** A sentence for the log of the application. It never holds an observed value. */
export interface DriftDiagnostic {
  readonly code: DriftDiagnosticCode;
  readonly message: string;
}

export type DiagnosticListener = (diagnostic: DriftDiagnostic) => void;

/** What was reported before; beyond this many nothing new is reported. */
const TOLD_MAX = 1024;

/** Tells everything once. */
export class Diagnostics {
  readonly #listener: DiagnosticListener;
  readonly #told = new Set<string>();

  constructor(listener: DiagnosticListener) {
    this.#listener = listener;
  }

  /** @param topic what is reported once, together with the code */
  once(code: DriftDiagnosticCode, topic: string, message: string): void {
    const key = textKey([code, topic]);
    if (this.#told.has(key) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(key);
    try {
      this.#listener({ code, message });
    } catch {
      // A listener may fail; the stream goes on.
    }
  }
}
