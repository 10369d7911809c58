import type { StreamKey } from '@telltale/statistics';

import type { DiagnosticListener } from './diagnostics.ts';

export type { StreamDirection, StreamKey, StreamKind } from '@telltale/statistics';

/** The states of a stream's aspect, a closed union. */
export type DriftState = 'learning' | 'stable' | 'warning' | 'drift' | 'alert';

/** The three questions that are asked of every stream, each with its own evidence and state. */
export type AspectName = 'value' | 'missing' | 'novelty';

/**
 * Values with many numbers, each of which has a stream of its own: vectors, texts (a string or
 * `{ text, tokens }`), and probabilities of classes.
 */
export type CompoundKind = 'embedding' | 'text' | 'probabilities';

export const COMPOUND_KINDS: readonly CompoundKind[] = ['embedding', 'text', 'probabilities'];

export const ASPECTS: readonly AspectName[] = ['value', 'missing', 'novelty'];

/** What a value given to a stream was. */
export type ObservationOutcome = 'ok' | 'null' | 'invalid' | 'unseen' | 'out_of_range';

/** Records by what they were; `thinned` ones are counted beside it. */
export type RecordCounts = Record<ObservationOutcome | 'thinned', number>;

/** What decides a state: evidence and effect, or a bare comparison with the thresholds. */
export type DriftDecision = 'evidence' | 'threshold';

/** What is compared when thresholds decide; categories take total variation for `ks`. */
export type ThresholdMetric = 'psi' | 'js' | 'hellinger' | 'ks' | 'ks_p';

/** How many values there are to learn from: `short` is for series of some hundred values. */
export type DriftProfile = 'standard' | 'short';

/** What one stream does differently from the rest. */
export interface StreamSettings {
  readonly profile?: DriftProfile;
  readonly window?: number;
  readonly driftThreshold?: number;
  readonly alertThreshold?: number;
  /** A promise for this stream alone, in records. */
  readonly falseAlarmEvery?: number;
  /** The same in milliseconds. */
  readonly falseAlarmEveryMs?: number;
  readonly baselineSize?: number;
  readonly thinning?: 'auto' | number;
  readonly classes?: readonly string[];
}

export interface DriftOptions {
  /** Defaults for much or little data; other options override them. Default `standard`. */
  readonly profile: DriftProfile;
  /**
   * Streams that differ, by name or `model/name`; `*` stands for any characters. An exact name goes
   * before a pattern, a longer pattern before a shorter one.
   */
  readonly streams: Readonly<Record<string, StreamSettings>>;
  /** Categories that are watched each by itself, however rare they are. */
  readonly classes: readonly string[];
  /** Records of the window that is compared with the baseline. Default 1000. */
  readonly window: number;
  /** Effect size from which evidence means drift. Default 0.05. */
  readonly driftThreshold: number;
  /** Effect size from which evidence means alert. Default 0.1. */
  readonly alertThreshold: number;
  /**
   * `threshold` compares `metric` with the two thresholds and promises nothing about false alarms:
   * see `decisionWarning`. Default `evidence`.
   */
  readonly decision: DriftDecision;
  /** What is compared when thresholds decide: `ks_p` means drift below .05, alert below .01. */
  readonly metric: ThresholdMetric;
  /** Promised mean number of records between false alarms of the whole monitor. Default 1e6. */
  readonly falseAlarmEvery: number;
  /**
   * The same promise in milliseconds: each stream converts it by the rate of its records over the
   * last hour. Default none: records count.
   */
  readonly falseAlarmEveryMs: number | undefined;
  readonly baseline: {
    /** Values of the first attempt. Default 1000. */
    readonly size: number;
    /** Records skipped first: models are cold. Default 100. */
    readonly warmup: number;
    /**
     * A learned baseline gives way once to one of so many records, when they came without a change:
     * it finds smaller changes. As `size`: never. Default 10,000.
     */
    readonly sizeMax?: number;
  };
  /** Take every n-th record for evidence; `auto` measures how many. Default `auto`. */
  readonly thinning: 'auto' | number;
  /**
   * What evidence takes: every n-th record, or one random record of each block, which is better where
   * traffic has a period of its own. Blocks are stretches of so many milliseconds, or sessions or
   * batches that the caller names at `observe(value, block)`. Default `records`.
   */
  readonly sampleBy: 'records' | 'session' | 'batch' | number;
  /**
   * What the effect of values is measured against: the baseline, the window before, or the same hour
   * of the week before. Evidence is always against the baseline. Default `baseline`.
   */
  readonly compare: 'baseline' | 'last_week' | 'previous';
  /**
   * `hour-of-week` learns 168 baselines a stream, one for each hour of the week in UTC by `now`.
   * Default `none`.
   */
  readonly seasonal: 'none' | 'hour-of-week';
  /** Streams before the rest share one; seasons count each. Default 256, with seasons 2688. */
  readonly streamsMax: number;
  /** Of the generator of every stream, mixed with its name. */
  readonly seed: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now: () => number;
  /**
   * When steps of learning a baseline run, of a few milliseconds each. Default: at once, which makes
   * runs repeatable; a service hands them to its event loop one by one, as `deferred()` does.
   */
  readonly schedule: (work: () => void) => void;
  /**
   * Directory of this process alone, for `saveState`, `loadState` and streams that were idle when
   * others needed room. Default none: state lives as long as the process.
   */
  readonly stateDir: string | undefined;
  /** Told once what an operator should know, such as the first value of a bad kind. */
  readonly onDiagnostic: DiagnosticListener;
}

/** Records of the larger baseline that a learned one gives way to. */
export const BASELINE_SIZE_MAX = 10_000;

export const DRIFT_DEFAULTS: DriftOptions = {
  profile: 'standard',
  streams: {},
  classes: [],
  window: 1000,
  driftThreshold: 0.05,
  alertThreshold: 0.1,
  decision: 'evidence',
  metric: 'js',
  falseAlarmEvery: 1e6,
  falseAlarmEveryMs: undefined,
  baseline: { size: 1000, warmup: 100 },
  thinning: 'auto',
  sampleBy: 'records',
  compare: 'baseline',
  seasonal: 'none',
  streamsMax: 256,
  seed: 1,
  now: Date.now,
  schedule: (work) => work(),
  stateDir: undefined,
  onDiagnostic: () => undefined,
};

/** Records without which no verdict is given, where the window is no shorter. */
export const VERDICT_RECORDS_MIN = 100;

/** A stream as its writers see it. */
export interface DriftStream {
  /**
   * Takes one value. Never throws, whatever it is given.
   *
   * @param block the session or batch that the value belongs to, where `sampleBy` asks for it
   */
  observe(value: unknown, block?: string | number): void;
}

/** A span that an observation belongs to. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** A change of state, as listeners get it. */
export interface DriftTransition {
  readonly stream: StreamKey;
  readonly aspect: AspectName;
  readonly from: DriftState;
  readonly to: DriftState;
  readonly evidence: number;
  readonly threshold: number;
  readonly effect: number;
  readonly floor: number;
  /** Records since the change most likely began; absent where it is not known. */
  readonly changePointRecordsAgo?: number;
  /** Records of the stream so far. */
  readonly records: number;
  readonly baselineId: string;
}
