import { sha256 } from '@telltale/instrument';
import {
  type Baseline,
  OUTCOME_INVALID,
  OUTCOME_NULL,
  OUTCOME_OK,
  parseBaseline,
  type SeededRandom,
  ShiftDetector,
  serializeBaseline,
} from '@telltale/statistics';

import type { Aspect, AspectReading } from '../compare/aspect.ts';
import { blockNumber } from '../compare/block-sampler.ts';
import { Comparison, type ComparisonParts } from '../compare/comparison.ts';
import { STATE_NUMBERS } from '../compare/state-machine.ts';
import { promisedRecords } from '../promise.ts';
import { OWN_FAMILY, verdictRecords, watchesLevel } from '../stream-settings.ts';
import type { DriftState } from '../types.ts';
import { type DriftOptions, type RecordCounts, type StreamKey, type StreamKind } from '../types.ts';
import type { BaselineLearner } from './baseline-learner.ts';
import { BaselineSuccession, type SuccessionOwner } from './baseline-succession.ts';
import { type BadKinds, countBad } from './records/bad-values.ts';
import { readCategory, readNumber } from './records/observation.ts';
import { RecordRate } from './records/record-rate.ts';
import { TimeLog } from './records/time-log.ts';
import { ValueHistogram } from './records/value-histogram.ts';
import type { StreamHost, StreamParts } from './stream-host.ts';
import type { StreamSnapshot } from './stream-snapshot.ts';
import { isNews, transitionOf } from './transition.ts';

const EVALUATIONS_PER_WINDOW = 50;
/** A smaller distance to certainty is rounding. */
const UNCERTAINTY_MIN = 1e-6;

/** One stream: it learns a baseline and then watches values, missing and novel ones against it. */
export class StreamMonitor implements SuccessionOwner {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly counts: RecordCounts = {
    ok: 0,
    null: 0,
    invalid: 0,
    unseen: 0,
    out_of_range: 0,
    thinned: 0,
  };
  /** Made with the first bad value: most streams have none. */
  badKinds: BadKinds | undefined;
  /** Changes of state by their names, `from to`. */
  readonly transitions: Record<string, number> = {};
  readonly times: TimeLog;
  readonly createdMs: number;
  readonly options: DriftOptions;
  readonly #host: StreamHost<StreamMonitor>;
  readonly #hasOwnPromise: boolean;
  readonly random: SeededRandom;
  readonly #evaluationEvery: number;
  readonly #isSampledByBlock: boolean;
  /** The block of the record that is being taken. */
  #block: number | undefined;
  readonly #succession: BaselineSuccession = new BaselineSuccession(this);
  /** Present where the level of a short series is watched. */
  readonly #level: ShiftDetector | undefined;
  #comparison: Comparison | undefined;
  /** Present where the promise is one of time. */
  readonly #rate: RecordRate | undefined;
  #histogram: ValueHistogram | undefined;
  #records = 0;
  /** How many records there were when `seenMs` was asked last. */
  #sighted: { readonly records: number; readonly atMs: number } | undefined;
  #sinceEvaluation = 0;

  /**
   * @param snapshot of a stream with the same options, whose generator `parts.random` is
   * @throws {RangeError} when the snapshot does not fit its own baseline
   */
  constructor(parts: StreamParts<StreamMonitor>, snapshot?: StreamSnapshot) {
    this.key = parts.key;
    this.kind = parts.kind;
    this.random = parts.random;
    this.#host = parts.host;
    const { options, hasOwnPromise } = parts.host.optionsOf(parts.key);
    this.options = options;
    this.#hasOwnPromise = hasOwnPromise;
    this.createdMs = snapshot?.createdMs ?? options.now();
    this.times = new TimeLog(snapshot?.times);
    this.#isSampledByBlock = options.sampleBy !== 'records';
    this.#rate =
      options.falseAlarmEveryMs === undefined ? undefined : new RecordRate(snapshot?.rate);
    this.#level =
      watchesLevel(options) && parts.kind !== 'categorical'
        ? new ShiftDetector(options.alertThreshold, snapshot?.level)
        : undefined;
    if (snapshot === undefined) this.relearn();
    else this.#restore(snapshot);
    this.#evaluationEvery = Math.max(1, Math.floor(options.window / EVALUATIONS_PER_WINDOW));
  }

  get records(): number {
    return this.#records;
  }

  get comparison(): Comparison | undefined {
    return this.#comparison;
  }

  /**
   * When a value came last, as far as is known, in milliseconds since the epoch: at every value the
   * clock would cost too much, so it is since this was last asked for, or the last evaluation.
   */
  seenMs(nowMs: number): number {
    const evaluatedMs = this.times.points().at(-1)?.timeMs ?? this.createdMs;
    const isFirst = this.#sighted === undefined;
    if (this.#sighted?.records !== this.#records) {
      this.#sighted = { records: this.#records, atMs: isFirst ? evaluatedMs : nowMs };
    }
    return Math.min(nowMs, Math.max(this.#sighted?.atMs ?? 0, evaluatedMs));
  }

  /** All values of the stream, where a metric reader asked for them. */
  get histogram(): ValueHistogram | undefined {
    return this.#histogram;
  }

  /** Counts all values from now on; categories have none to count. */
  keepHistogram(): void {
    if (this.kind === 'categorical') return;
    this.#histogram ??= new ValueHistogram(this.options.now());
  }

  /** Present while a baseline is being learned, the first or a new one. */
  get learner(): BaselineLearner | undefined {
    return this.#succession.learner;
  }

  /** The worst state of the three aspects. */
  get state(): DriftState {
    return this.worst()?.state ?? 'learning';
  }

  /** The aspect in the worst state; of several the one with most evidence for its threshold. */
  worst(): Aspect | undefined {
    return this.#comparison?.aspects.reduce((worst, aspect) => {
      const isWorse = STATE_NUMBERS[aspect.state] - STATE_NUMBERS[worst.state];
      return isWorse > 0 || (isWorse === 0 && aspect.evidence.value > worst.evidence.value)
        ? aspect
        : worst;
    });
  }

  aspects(): readonly Aspect[] {
    return this.#comparison?.aspects ?? [];
  }

  /**
   * Takes one value, whatever it is.
   *
   * @param block the session or batch it belongs to, where records are sampled by them
   */
  observe(raw: unknown, block?: string | number): void {
    this.#records += 1;
    if (this.#isSampledByBlock) this.#enter(block);
    if (raw === null || raw === undefined) {
      this.#take(OUTCOME_NULL, undefined);
      return;
    }
    const value = this.kind === 'categorical' ? readCategory(raw) : readNumber(raw);
    if (value === undefined) {
      this.badKinds ??= new Map();
      const { key, kind } = this;
      countBad(raw, this.badKinds, { key, kind, diagnostics: this.#host.diagnostics });
    } else if (this.#histogram !== undefined && typeof value === 'number') {
      this.#histogram.record(
        // Buckets are even on the scale of nines: .9, .99, .999 and so on.
        this.kind === 'confidence' ? Math.max(1 - value, UNCERTAINTY_MIN) : value,
      );
    }
    this.#take(value === undefined ? OUTCOME_INVALID : OUTCOME_OK, value);
  }

  /** Watches against this baseline from now on. */
  adopt(baseline: Baseline): void {
    this.#use(this.#comparisonOf({ baseline }));
  }

  #use(comparison: Comparison): void {
    const { baseline } = comparison;
    this.#succession.end();
    this.#sinceEvaluation = 0;
    this.#comparison = comparison;
    if (baseline.thin > 1 && !this.#isSampledByBlock) this.#reportThinning(baseline.thin);
  }

  /** Learns another baseline; the one in force stays until the new one is accepted. */
  relearn(): void {
    this.#succession.begin();
  }

  /** Starts again, everything seen since forgotten; without its baseline when that is not kept. */
  reset(keepBaseline = true): void {
    this.#succession.stopGrowing();
    this.#level?.restart();
    if (this.#comparison !== undefined && keepBaseline) {
      this.adopt(this.#comparison.baseline);
      return;
    }
    this.#comparison = undefined;
    this.relearn();
  }

  snapshot(): StreamSnapshot {
    const comparison = this.#comparison;
    return {
      key: this.key,
      kind: this.kind,
      window: this.options.window,
      records: this.#records,
      sinceEvaluation: this.#sinceEvaluation,
      createdMs: this.createdMs,
      counts: { ...this.counts },
      transitions: { ...this.transitions },
      times: this.times.points(),
      random: this.random.snapshot(),
      ...(this.#rate === undefined ? {} : { rate: this.#rate.snapshot() }),
      ...(this.#level === undefined ? {} : { level: this.#level.snapshot() }),
      learner: this.learner?.snapshot() ?? null,
      baseline: comparison === undefined ? null : serializeBaseline(comparison.baseline, sha256),
      comparison: comparison?.snapshot() ?? null,
    };
  }

  #reportThinning(thin: number): void {
    const { name, model } = this.key;
    const message = `The values of the stream "${name}" of ${model} depend on each other: one of ${thin} is taken for evidence`;
    this.#host.diagnostics.once('thinned', `${model} ${name}`, message);
  }

  #restore(snapshot: StreamSnapshot): void {
    this.#records = snapshot.records;
    this.#sinceEvaluation = snapshot.sinceEvaluation;
    Object.assign(this.counts, snapshot.counts);
    Object.assign(this.transitions, snapshot.transitions);
    if (snapshot.learner !== null) this.#succession.begin(snapshot.learner);
    if (snapshot.comparison === null) return;
    const parsed = parseBaseline(snapshot.baseline ?? '', sha256);
    if (!parsed.ok) throw new RangeError(`Cannot restore a stream: ${parsed.problem.reason}`);
    this.#comparison = this.#comparisonOf({
      baseline: parsed.baseline,
      // Windows of another size begin empty; the baseline stays.
      snapshot: this.#fits(snapshot) ? snapshot.comparison : undefined,
    });
  }

  #fits({ window, comparison }: StreamSnapshot): boolean {
    return comparison !== null && (window ?? this.options.window) === this.options.window;
  }

  #comparisonOf(parts: Pick<ComparisonParts, 'baseline' | 'isContinued' | 'snapshot'>): Comparison {
    const { options } = this;
    const { spanOf } = this.#host;
    const onSkipped = (records: number): void => {
      this.counts.thinned += records;
    };
    const { source, known } = parts.baseline;
    // One that was given is what the series is held against, and so are categories.
    const level = source === 'auto' && known.kind === 'range' ? this.#level : undefined;
    return new Comparison({ ...parts, level, options, random: this.random, spanOf, onSkipped });
  }

  /** A record without a named block is a block of its own. */
  #enter(named: string | number | undefined): void {
    const { sampleBy, now } = this.options;
    let block = -this.#records;
    if (typeof sampleBy === 'number') block = Math.floor(now() / Math.max(1, sampleBy));
    else if (typeof named === 'string' || Number.isFinite(named)) block = blockNumber(named ?? 0);
    this.#block = block;
    this.#comparison?.enterBlock(block);
  }

  #take(outcome: number, value: number | string | undefined): void {
    const comparison = this.#comparison;
    if (typeof value === 'number') {
      this.#level?.observe(value, comparison?.value.isIncident === true);
    }
    if (comparison === undefined) {
      if (outcome === OUTCOME_OK) this.counts.ok += 1;
      else this.counts[outcome === OUTCOME_NULL ? 'null' : 'invalid'] += 1;
    } else {
      if (!this.#isSampledByBlock && !comparison.isTaken(this.#records)) this.counts.thinned += 1;
      const kind = comparison.observe(outcome, value, this.#records);
      // Named, as nearly every record is: a name that changes is looked up.
      if (kind === 'ok') this.counts.ok += 1;
      else this.counts[kind] += 1;
      this.#sinceEvaluation += 1;
      if (this.#sinceEvaluation >= this.#evaluationEvery) this.#evaluate(comparison);
    }
    this.#succession.observe(outcome, value, this.#block);
  }

  /** Runs work of a few milliseconds, now or soon. */
  schedule(work: () => void): void {
    this.#host.schedule(work);
  }

  /** Watches against a baseline that was learned; a grown one is a larger one of the same data. */
  succeed(baseline: Baseline, isGrown: boolean): void {
    // The values of a new baseline are where the series is now.
    if (this.#comparison !== undefined && !isGrown) this.#level?.restart(baseline.size);
    this.#use(this.#comparisonOf(isGrown ? { baseline, isContinued: true } : { baseline }));
    this.#host.onBaseline(this, baseline);
  }

  #evaluate(comparison: Comparison): void {
    const { options } = this;
    const nowMs = options.now();
    this.#rate?.note(this.#sinceEvaluation, nowMs);
    // All aspects of all streams share one promise, so each needs as many times the evidence.
    const promised = promisedRecords(options, this.#rate?.perMs) * this.#family;
    const records = this.#sinceEvaluation;
    const total = this.#records;
    this.#sinceEvaluation = 0;
    this.times.note(this.#records, nowMs);
    this.#host.onEvaluation();
    comparison.outlying.expire(this.#records - options.window + 1);
    const verdictMin = verdictRecords(options);
    const isWarned = comparison.ladder?.judge(promised) === true;
    for (const aspect of comparison.aspects) {
      // An effect over a handful of records is noise.
      if (aspect.window.length < verdictMin) continue;
      const isValue = aspect === comparison.value;
      const isSlow = isValue && isWarned && options.decision === 'evidence';
      const thin = comparison.thinOf(aspect.aspect);
      const threshold = promised / thin;
      const reading = aspect.evaluate({ records, total, nowMs, thin, threshold, isSlow });
      // Else the records of the incident that ended would raise the next one.
      if (reading.step.isRearmed && isValue) comparison.ladder?.clear();
      this.#report(comparison, aspect, reading);
    }
    this.#succession.growBeside(comparison);
  }

  /** Aspects that share the promise. */
  get #family(): number {
    return this.#hasOwnPromise ? OWN_FAMILY : Math.max(1, this.#host.family());
  }

  #report(comparison: Comparison, aspect: Aspect, reading: AspectReading): void {
    const { from, to } = reading.step;
    if (from === to) return;
    const name = `${from} ${to}`;
    this.transitions[name] = (this.transitions[name] ?? 0) + 1;
    if (isNews(reading.step)) {
      this.#host.onTransition(transitionOf({ stream: this, comparison, aspect, reading }));
    }
  }
}
