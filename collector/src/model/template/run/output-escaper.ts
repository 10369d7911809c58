import type { Budget, Value } from '../value.ts';

/** A value that a template prints. */
export interface PrintedValue {
  readonly value: Value;
  /** What it prints as where nothing is escaped. */
  readonly text: string;
  /** The function at the end of the pipeline; it may have escaped the value already. */
  readonly lastFunction: string | undefined;
}

/**
 * Follows what a template writes and makes the values that it prints safe for their place.
 *
 * An escaper belongs to one execution: it remembers the text before the value.
 */
export interface OutputEscaper {
  /** Text of the template itself, which is written as it is. */
  follow(text: string): void;
  /**
   * What to write for a value.
   *
   * @throws {Error} when no value can be safe here.
   */
  escape(printed: PrintedValue, budget: Budget): string;
}
