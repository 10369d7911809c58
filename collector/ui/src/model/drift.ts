export type DriftState = 'learning' | 'stable' | 'warning' | 'drift' | 'alert';

export interface StreamKey {
  readonly model: string;
  readonly version: string;
  readonly name: string;
  readonly direction: string;
  readonly segment: string | null;
  readonly season: string | null;
}

export interface DriftAspect {
  readonly aspect: 'value' | 'missing' | 'novelty';
  readonly evidence: number | null;
  readonly threshold: number | null;
  readonly state: DriftState;
  readonly instances: number;
}

interface Interval {
  readonly lower?: number;
  readonly upper?: number;
}

export interface RankRow {
  readonly baselineId: string;
  readonly baselineSize: number | null;
  readonly instances: number;
  readonly records: number;
  readonly counts: readonly number[];
  readonly distances: {
    readonly psi: number;
    readonly psiDebiased: number;
    readonly psiFloor: number;
    readonly jensenShannon: number;
    readonly hellinger: number;
    readonly rankWasserstein: number;
    readonly ks: Interval;
  } | null;
}

export interface DriftFinding {
  readonly kind: 'bad_pod' | 'mixed_baselines' | 'unknown_baseline';
  readonly instance?: string;
  readonly psiDebiased?: number;
  readonly p?: number;
  readonly baselineIds?: readonly string[];
  readonly baselineId?: string;
}

/** A stream of `/monitoring/drift`. */
export interface DriftStream {
  readonly stream: StreamKey;
  readonly state: DriftState;
  readonly aspects: readonly DriftAspect[];
  readonly instances: {
    readonly live: number;
    readonly silent: number;
    readonly byState: Readonly<Record<DriftState, number>>;
  };
  readonly baselines: readonly RankRow[];
  readonly findings: readonly DriftFinding[];
}

const RANKS: readonly DriftState[] = ['learning', 'stable', 'warning', 'drift', 'alert'];

/** The worst first; of one state by name. */
export function sortStreams(streams: readonly DriftStream[]): readonly DriftStream[] {
  return [...streams].sort(
    (left, right) =>
      RANKS.indexOf(right.state) - RANKS.indexOf(left.state) ||
      (streamTitle(left.stream) < streamTitle(right.stream) ? -1 : 1),
  );
}

export function streamTitle({ model, version, name }: StreamKey): string {
  return `${name} of ${model}${version === '' ? '' : ` ${version}`}`;
}

/** The metric labels that single out a stream. */
export function streamMatchers(key: StreamKey): string {
  const labels: readonly (readonly [string, string])[] = [
    ['ml_model_name', key.model],
    ['ml_model_version', key.version],
    ['ml_drift_stream', key.name],
    ['ml_drift_direction', key.direction],
    ['ml_drift_segment', key.segment ?? ''],
    ['ml_drift_season', key.season ?? ''],
  ];
  return labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',');
}

/**
 * How much of the way to the threshold evidence has gone, 0 to 1, on a logarithmic scale: evidence
 * multiplies with each value that speaks for a change.
 */
export function evidenceShare(evidence: number, threshold: number): number {
  if (!(evidence > 1) || !(threshold > 1)) return 0;
  return Math.log(evidence) / Math.log(threshold);
}

/** The path of a baseline in the API. */
export function baselinePath({ model, version, name }: StreamKey): string {
  const [first, second, third] = [model, version, name].map(encodeURIComponent);
  return `monitoring/drift/baselines/${first ?? ''}/${second ?? ''}/${third ?? ''}`;
}

/** When evidence last began to grow: the last moment at which nothing spoke for a change. */
export function changePointMs(
  points: readonly { readonly timeMs: number; readonly value: number }[],
  threshold: number,
): number | undefined {
  const last = points.at(-1);
  if (last === undefined || last.value < threshold) return undefined;
  // Below a tenth of the logarithm of its threshold evidence is noise.
  const quiet = threshold ** 0.1;
  return points.findLast(({ value }) => value <= quiet)?.timeMs;
}
