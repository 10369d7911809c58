import type { Baseline, SeededRandom } from '@telltale/statistics';

import type { Diagnostics } from '../diagnostics.ts';
import type { StreamOptions } from '../stream-settings.ts';
import type { DriftTransition, SpanLink, StreamKey, StreamKind } from '../types.ts';

/** What a stream needs of its monitor; all streams share it. */
export interface StreamHost<Stream> {
  readonly optionsOf: (key: StreamKey) => StreamOptions;
  readonly diagnostics: Diagnostics;
  /** The span that a value is observed in. */
  readonly spanOf: () => SpanLink | undefined;
  /** Aspects that are live at a time: each gets its share of the promise. */
  readonly family: () => number;
  readonly onTransition: (transition: DriftTransition) => void;
  readonly onEvaluation: () => void;
  /** A baseline that the stream learned is in force. */
  readonly onBaseline: (stream: Stream, baseline: Baseline) => void;
  /** Runs work of a few milliseconds, now or soon. */
  readonly schedule: (work: () => void) => void;
}

export interface StreamParts<Stream> {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly random: SeededRandom;
  readonly host: StreamHost<Stream>;
}
