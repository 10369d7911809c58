import type { StreamKind } from '../types.ts';

/** One number that is watched of a value with many. */
export interface Part {
  /** Follows the name of the stream. */
  readonly suffix: string;
  readonly kind: StreamKind;
}

/** What an embedding has learned, as plain data. */
export interface PartState {
  readonly seen: number;
  readonly centroid: readonly number[];
}

/** Takes a value apart into numbers that streams of their own watch. */
export interface ValueParts {
  readonly parts: readonly Part[];
  /** One number a part after `split`; `undefined` where there is nothing to watch. */
  readonly values: readonly (number | undefined)[];
  /** @returns why the value could not be taken apart, in words; nothing where it could */
  split(value: unknown): string | undefined;
  /** Plain data to go on from; absent for those that learn nothing. */
  state?(): PartState;
}
