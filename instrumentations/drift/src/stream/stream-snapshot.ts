import type { ShiftState } from '@telltale/statistics';

import type { ComparisonSnapshot } from '../compare/comparison.ts';
import type { RecordCounts, StreamKey, StreamKind } from '../types.ts';
import type { LearnerSnapshot } from './baseline-learner.ts';
import type { RecordRateSnapshot } from './records/record-rate.ts';
import type { TimePoint } from './records/time-log.ts';

/** A stream as plain data. */
export interface StreamSnapshot {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  /** Records of a full window; absent in what an older release wrote. */
  readonly window?: number;
  readonly records: number;
  readonly sinceEvaluation: number;
  readonly createdMs: number;
  readonly counts: RecordCounts;
  readonly transitions: Readonly<Record<string, number>>;
  readonly times: readonly TimePoint[];
  /** Only where the promise is one of time. */
  readonly rate?: RecordRateSnapshot;
  readonly random: readonly number[];
  /** What is known of the level of a short series. */
  readonly level?: ShiftState;
  readonly learner: LearnerSnapshot | null;
  /** The text of the baseline file, so that it is checked as one when it comes back. */
  readonly baseline: string | null;
  readonly comparison: ComparisonSnapshot | null;
}
