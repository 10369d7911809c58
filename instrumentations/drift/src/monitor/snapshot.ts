import type { CompoundSnapshot } from '../compound/compound-snapshot.ts';
import type { StreamSnapshot } from '../stream/stream-snapshot.ts';

export const SNAPSHOT_SCHEMA = 'ml-drift-snapshot/2';

/** A monitor as JSON: restored with the same options it goes on bit by bit. */
export interface DriftSnapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly window: number;
  readonly overflowed: number;
  readonly streams: readonly StreamSnapshot[];
  /** Streams of values with many numbers. */
  readonly compounds?: readonly CompoundSnapshot[];
}
