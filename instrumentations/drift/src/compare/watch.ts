import {
  type Baseline,
  baselineId,
  OUTCOME_NULL,
  OUTCOME_OK,
  type RandomSource,
} from '@telltale/statistics';

import { sha256 } from '../sha256.ts';
import type { DriftOptions, ObservationOutcome, SpanLink } from '../types.ts';
import { AspectMonitor, type AspectSnapshot } from './aspect-monitor.ts';
import { BlockSampler, type BlockSamplerSnapshot } from './block-sampler.ts';
import { OutcomeEvidence, ValueEvidence } from './evidence.ts';
import { type DetectorSnapshot, ExtraDetectors } from './extra-detectors.ts';
import { Ladder, type LadderSnapshot } from './ladder.ts';
import { MovingReference, type MovingReferenceSnapshot } from './moving-reference.ts';
import { type Candidate, type OutlyingEntry, OutlyingValues } from './outlying.ts';
import { RankCounts } from './rank-counts.ts';
import { thresholdRule } from './threshold-decision.ts';
import { CategoryWindow, NumberWindow, RateWindow } from './window.ts';

/** What a watch needs of its stream. */
export interface WatchParts {
  readonly baseline: Baseline;
  readonly options: DriftOptions;
  readonly random: RandomSource;
  readonly spanOf: () => SpanLink | undefined;
  /** Told of records of a block that were not taken for evidence. */
  readonly onSkipped?: (records: number) => void;
  readonly snapshot?: WatchSnapshot | undefined;
}

/** A watch as plain data; the baseline is kept beside it. */
export interface WatchSnapshot {
  readonly phase: number;
  readonly acceptedMs: number;
  readonly value: AspectSnapshot;
  readonly missing: AspectSnapshot;
  readonly novelty: AspectSnapshot;
  readonly rankTotals: readonly number[];
  readonly outlying: readonly OutlyingEntry[];
  readonly ladder?: LadderSnapshot | null;
  readonly blocks?: BlockSamplerSnapshot;
  readonly detectors?: readonly DetectorSnapshot[];
  readonly reference?: MovingReferenceSnapshot;
}

/** A stream against its baseline: values, missing and novel ones, each with evidence and effect. */
export class Watch {
  readonly baseline: Baseline;
  /** SHA-256 of the baseline's canonical file, in hex. */
  readonly baselineId: string;
  /** When the baseline came into force, in milliseconds since the epoch. */
  readonly acceptedMs: number;
  readonly value: AspectMonitor<ValueEvidence, NumberWindow | CategoryWindow>;
  readonly missing: AspectMonitor<OutcomeEvidence, RateWindow>;
  readonly novelty: AspectMonitor<OutcomeEvidence, RateWindow>;
  readonly ranks: RankCounts;
  readonly outlying: OutlyingValues;
  /** Present where the options name some. */
  readonly detectors: ExtraDetectors | undefined;
  readonly aspects: readonly AspectMonitor[];
  /** Present where effects are measured against another time than the baseline's. */
  readonly #reference: MovingReference | undefined;
  /** Present where one record of each block is taken. */
  readonly #sampler: BlockSampler | undefined;
  readonly #windowSize: number;
  #ladder: Ladder | undefined;
  /** Which record of a block of `thin` is taken for evidence. */
  readonly #phase: number;
  readonly #random: RandomSource;
  readonly #numbers: NumberWindow | undefined;
  readonly #categories: CategoryWindow | undefined;
  /** Places of the known categories; absent for numbers. */
  readonly #places: ReadonlyMap<string, number> | undefined;

  constructor(parts: WatchParts) {
    const { baseline, options, random, snapshot } = parts;
    const { known } = baseline;
    this.baseline = baseline;
    this.baselineId = baselineId(baseline, sha256);
    this.acceptedMs = snapshot?.acceptedMs ?? options.now();
    this.#random = random;
    this.#phase = snapshot?.phase ?? Math.floor(random.next() * baseline.thin);
    this.#numbers = known.kind === 'range' ? new NumberWindow(baseline, options.window) : undefined;
    this.#categories =
      known.kind === 'range' ? undefined : new CategoryWindow(baseline, options.window);
    this.#places =
      known.kind === 'range'
        ? undefined
        : new Map(known.names.map((name, place) => [name, place] as const));
    this.#reference = referenceOf(parts);
    this.value = this.#valueAspect(parts);
    this.missing = rateAspect(parts, 'missing');
    this.novelty = rateAspect(parts, 'novelty');
    this.aspects = [this.value, this.missing, this.novelty] as readonly AspectMonitor[];
    this.ranks = new RankCounts(baseline);
    this.#windowSize = options.window;
    this.outlying = new OutlyingValues(parts.spanOf, options.now, snapshot?.outlying);
    this.detectors = detectorsOf(parts);
    this.#sampler = options.sampleBy === 'records' ? undefined : this.#samplerOf(parts);
    if (snapshot !== undefined) this.#restore(snapshot);
  }

  /** The window of a stream of numbers. */
  get numbers(): NumberWindow | undefined {
    return this.#numbers;
  }

  /** The window of a stream of categories. */
  get categories(): CategoryWindow | undefined {
    return this.#categories;
  }

  /** Long blocks of records; there once the reference has stopped learning. */
  get ladder(): Ladder | undefined {
    return this.#ladder;
  }

  /** Whether this record is one of those taken for evidence. */
  isTaken(record: number): boolean {
    if (this.#sampler !== undefined) return false;
    const { thin } = this.baseline;
    return thin === 1 || record % thin === this.#phase;
  }

  /** Records that one taken for evidence stands for. */
  get thin(): number {
    return this.#sampler?.recordsPerBlock ?? this.baseline.thin;
  }

  /** The block that the records which follow belong to. */
  enterBlock(block: number): void {
    this.#sampler?.enter(block);
  }

  /** Takes a record and says what it was. */
  take(outcome: number, value: number | string | undefined, record: number): ObservationOutcome {
    const isTaken = this.isTaken(record);
    const { missing } = this;
    missing.window.push(outcome);
    if (isTaken) missing.evidence.take(outcome, missing.isLearning);
    else this.#sampler?.offerOutcome(outcome);
    if (outcome !== OUTCOME_OK || value === undefined)
      return outcome === OUTCOME_NULL ? 'null' : 'invalid';
    const number =
      typeof value === 'number' && this.#places === undefined ? value : this.#place(value);
    const isNovel = this.#takeValue(number, isTaken, record);
    const { novelty } = this;
    const novel = isNovel ? 1 : 0;
    novelty.window.push(novel);
    if (isTaken) novelty.evidence.take(novel, novelty.isLearning);
    if (!isNovel) return 'ok';
    return this.#places === undefined ? 'out_of_range' : 'unseen';
  }

  snapshot(): WatchSnapshot {
    return {
      phase: this.#phase,
      acceptedMs: this.acceptedMs,
      value: this.value.snapshot(),
      missing: this.missing.snapshot(),
      novelty: this.novelty.snapshot(),
      rankTotals: [...this.ranks.totals],
      outlying: this.outlying.entries(),
      ladder: this.#ladder?.snapshot() ?? null,
      ...(this.#reference === undefined ? {} : { reference: this.#reference.snapshot() }),
      ...(this.detectors === undefined ? {} : { detectors: this.detectors.snapshot() }),
      ...(this.#sampler === undefined ? {} : { blocks: this.#sampler.snapshot() }),
    };
  }

  #takeValue(number: number, isTaken: boolean, record: number): boolean {
    const tie = this.#random.next();
    const { value } = this;
    // One search for all: the cell of the urn says where to look among buckets and in the sample.
    const cell = value.evidence.cell(number, tie);
    const rank = this.ranks.push(number, tie, cell);
    const numbers = this.#numbers;
    if (numbers === undefined) this.#categories?.push(number, rank);
    else {
      const place = numbers.pushNear(number, cell, rank);
      this.#noteOutlying(numbers, { value: number, cell: place, record });
    }
    this.#reference?.push(number);
    if (value.evidence.isFrozen && !value.isIncident) this.#climb(cell);
    if (isTaken) value.evidence.take(cell, value.isLearning);
    const { known } = this.baseline;
    const isNovel =
      known.kind === 'range'
        ? !(number >= known.min && number <= known.max)
        : number === known.names.length;
    this.#sampler?.offerValue(cell, isNovel ? 1 : 0);
    return isNovel;
  }

  #samplerOf({ random, options, onSkipped, snapshot }: WatchParts): BlockSampler {
    const { value, missing, novelty } = this;
    const listener = {
      onOutcome: (outcome: number): void => missing.evidence.take(outcome, missing.isLearning),
      onValue: (cell: number, novel: number): void => {
        value.evidence.take(cell, value.isLearning);
        novelty.evidence.take(novel, novelty.isLearning);
      },
      onSkipped: onSkipped ?? ((): void => undefined),
    };
    const overlaps = options.sampleBy === 'session';
    return new BlockSampler({ random, listener, overlaps }, snapshot?.blocks);
  }

  #climb(cell: number): void {
    this.#ladder ??= this.#ladderOf();
    this.#ladder.add(cell);
  }

  #ladderOf(snapshot?: LadderSnapshot): Ladder {
    const { value, baseline } = this;
    const parts = {
      window: this.#windowSize,
      designEffect: baseline.designEffect,
      reference: () => value.evidence.weights(),
    };
    return new Ladder(parts, baseline.cells.weights.length, snapshot);
  }

  #noteOutlying(
    numbers: NumberWindow,
    { value, cell, record }: Pick<Candidate, 'value' | 'cell' | 'record'>,
  ): void {
    const { cells } = numbers.sliding;
    this.detectors?.update(value, record);
    if (!this.outlying.isCandidate(cell, cells)) return;
    const deviation = numbers.deviation(value);
    this.outlying.offer({ value, cell, cells, deviation, record });
  }

  #place(value: number | string): number {
    return this.#places?.get(String(value)) ?? this.#places?.size ?? 0;
  }

  #valueAspect({ baseline, options, random, snapshot }: WatchParts): Watch['value'] {
    const window = this.#numbers ?? this.#categories;
    if (window === undefined) throw new TypeError('Cannot watch a stream of no kind');
    const isFrozen = baseline.quality === 'approximate';
    const parts = { cells: baseline.cells, random, promise: options.falseAlarmEvery, isFrozen };
    return new AspectMonitor({
      aspect: 'value',
      evidence: new ValueEvidence(parts, snapshot?.value.evidence),
      window,
      options,
      isCapped: baseline.quality === 'unstable',
      nowMs: options.now(),
      rule: thresholdRule(options, this),
      reference: this.#reference,
      snapshot: snapshot?.value,
    });
  }

  #restore(snapshot: WatchSnapshot): void {
    this.value.window.restore(snapshot.value.window);
    this.missing.window.restore(snapshot.missing.window);
    this.novelty.window.restore(snapshot.novelty.window);
    const { ladder } = snapshot;
    if (ladder !== undefined && ladder !== null) {
      this.#ladder = this.#ladderOf(ladder);
    }
    for (const [bucket, count] of snapshot.rankTotals.entries()) this.ranks.totals[bucket] = count;
  }
}

const referenceOf = ({
  baseline,
  options,
  random,
  snapshot,
}: WatchParts): MovingReference | undefined =>
  options.compare === 'baseline'
    ? undefined
    : new MovingReference({ baseline, options, random }, snapshot?.reference);

const detectorsOf = ({ options, baseline, snapshot }: WatchParts): ExtraDetectors | undefined =>
  options.detectors.length === 0
    ? undefined
    : new ExtraDetectors(options.detectors, baseline, snapshot?.detectors);

function rateAspect(
  { baseline, options, random, snapshot }: WatchParts,
  aspect: 'missing' | 'novelty',
): AspectMonitor<OutcomeEvidence, RateWindow> {
  const { missing, designEffect } = baseline;
  const isMissing = aspect === 'missing';
  const urn = isMissing ? missing.urn : baseline.novelty;
  // What is known comes from the first half, so only the second half says how often it is left.
  const rate = isMissing
    ? { hits: missing.nulls + missing.invalid, records: missing.records, designEffect }
    : { hits: 0, records: Math.floor(baseline.size / 2), designEffect };
  const before = snapshot?.[aspect];
  const window = new RateWindow(rate, options.window);
  return new AspectMonitor({
    aspect,
    evidence: new OutcomeEvidence(urn, random, before?.evidence),
    window,
    rule:
      options.decision === 'threshold' ? { ...options, effect: () => window.effect() } : undefined,
    options,
    isCapped: baseline.quality === 'unstable',
    nowMs: options.now(),
    snapshot: before,
  });
}
