import type { LearnerSnapshot } from './baseline-learner.ts';
import type { RecordRateSnapshot } from './record-rate.ts';
import type { TimePoint } from './time-log.ts';
import type { CompoundKind, RecordCounts, StreamKey, StreamKind } from './types.ts';
import type { PartState } from './value-parts.ts';
import type { WatchSnapshot } from './watch.ts';

export const SNAPSHOT_SCHEMA = 'ml-drift-snapshot/2';

/** A stream as plain data. */
export interface StreamSnapshot {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly records: number;
  readonly sinceEvaluation: number;
  readonly createdMs: number;
  readonly counts: RecordCounts;
  readonly transitions: Readonly<Record<string, number>>;
  readonly times: readonly TimePoint[];
  /** Only where the promise is one of time. */
  readonly rate?: RecordRateSnapshot;
  readonly random: readonly number[];
  readonly learner: LearnerSnapshot | null;
  /** The text of the baseline file, so that it is checked as one when it comes back. */
  readonly baseline: string | null;
  readonly watch: WatchSnapshot | null;
}

/** A compound stream as plain data; its parts are streams like others. */
export interface CompoundSnapshot {
  readonly key: StreamKey;
  readonly kind: CompoundKind;
  readonly state: PartState | null;
}

/** A monitor as JSON: restored with the same options it goes on bit by bit. */
export interface DriftSnapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly window: number;
  readonly overflowed: number;
  readonly streams: readonly StreamSnapshot[];
  /** Streams of values with many numbers. */
  readonly compounds?: readonly CompoundSnapshot[];
}
