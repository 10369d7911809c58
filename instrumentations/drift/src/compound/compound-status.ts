import { STATE_NUMBERS } from '../compare/state-machine.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { CompoundKind, DriftState, StreamKey } from '../types.ts';

/** A stream of values with many numbers, as a whole. */
export interface CompoundStatus {
  readonly stream: StreamKey & { readonly kind: CompoundKind };
  /** The worst state of its parts. */
  readonly state: DriftState;
  /**
   * Mean evidence on the values of its parts, which is evidence again whatever their dependence;
   * `null` before all parts have a baseline.
   */
  readonly evidence: number | null;
  /** The largest threshold of its parts. */
  readonly threshold: number | null;
  /** Names of the streams of its parts. */
  readonly parts: readonly string[];
}

/** @param streams of the same model; others are left out */
export function compoundStatus(
  {
    key,
    kind,
    names,
  }: {
    readonly key: StreamKey;
    readonly kind: CompoundKind;
    readonly names: readonly string[];
  },
  streams: readonly StreamMonitor[],
): CompoundStatus {
  const parts = streams.filter((stream) => names.includes(stream.key.name) && stream.records > 0);
  const values = parts.flatMap(({ comparison }) => comparison?.value ?? []);
  const isJudged = parts.length > 0 && values.length === parts.length;
  const evidence = values.reduce((sum, value) => sum + value.evidence.value, 0) / values.length;
  const threshold = values.reduce((largest, value) => Math.max(largest, value.threshold), 0);
  return {
    stream: { ...key, kind },
    state: parts.reduce<DriftState>(
      (worst, { state }) => (STATE_NUMBERS[state] > STATE_NUMBERS[worst] ? state : worst),
      'learning',
    ),
    evidence: isJudged ? evidence : null,
    threshold: isJudged && Number.isFinite(threshold) ? threshold : null,
    parts: parts.map((part) => part.key.name),
  };
}
