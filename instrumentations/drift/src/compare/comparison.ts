import { sha256 } from '@telltale/instrument';
import {
  type Baseline,
  baselineId,
  missingRate,
  noveltyRate,
  OUTCOME_NULL,
  OUTCOME_OK,
  type RandomSource,
  type ShiftDetector,
} from '@telltale/statistics';

import type { AspectName, DriftOptions, ObservationOutcome, SpanLink } from '../types.ts';
import { Aspect, type AspectSnapshot, type EffectReference } from './aspect.ts';
import { BlockSampler, type BlockSamplerSnapshot, type SampledValue } from './block-sampler.ts';
import { thresholdRule } from './effect/threshold-decision.ts';
import { CategoryWindow, NumberWindow, RateWindow } from './effect/window.ts';
import { ClassEvidence } from './evidence/class-evidence.ts';
import { OutcomeEvidence } from './evidence/outcome-evidence.ts';
import { ValueEvidence } from './evidence/value-evidence.ts';
import { NovelValues, type NovelValuesSnapshot } from './examples/novel-values.ts';
import { type OutlyingEntry, OutlyingValues } from './examples/outlying.ts';
import { Ladder, type LadderSnapshot } from './ladder.ts';
import { MovingReference, type MovingReferenceSnapshot } from './moving-reference.ts';
import { RankCounts } from './rank-counts.ts';
import { isTaken, type Phases, type Thinning, thinningsOf } from './thinning.ts';

/** What a comparison needs of its stream. */
export interface ComparisonParts {
  readonly baseline: Baseline;
  readonly options: DriftOptions;
  readonly random: RandomSource;
  readonly spanOf: () => SpanLink | undefined;
  /** Told of records of a block that were not taken for evidence. */
  readonly onSkipped?: (records: number) => void;
  /** Of a short series of numbers: what it knows of the level; it belongs to the stream. */
  readonly level?: ShiftDetector | undefined;
  /** The stream goes on with a better baseline of the same data. */
  readonly isContinued?: boolean;
  readonly snapshot?: ComparisonSnapshot | undefined;
}

/** A comparison as plain data; the baseline is kept beside it. */
export interface ComparisonSnapshot {
  readonly phases: Phases;
  readonly acceptedMs: number;
  readonly value: AspectSnapshot;
  readonly missing: AspectSnapshot;
  readonly novelty: AspectSnapshot;
  readonly rankTotals: readonly number[];
  readonly outlying: readonly OutlyingEntry[];
  readonly ladder?: LadderSnapshot | null;
  readonly blocks?: BlockSamplerSnapshot;
  readonly reference?: MovingReferenceSnapshot;
  /** Absent in what an older release wrote. */
  readonly novel?: NovelValuesSnapshot;
}

/** A stream against its baseline: values, missing and novel ones, each with evidence and effect. */
export class Comparison {
  readonly baseline: Baseline;
  /** SHA-256 of the baseline's canonical file, in hex. */
  readonly baselineId: string;
  /** When the baseline came into force, in milliseconds since the epoch. */
  readonly acceptedMs: number;
  readonly value: Aspect<ValueEvidence, NumberWindow | CategoryWindow>;
  readonly missing: Aspect<OutcomeEvidence, RateWindow>;
  readonly novelty: Aspect<OutcomeEvidence, RateWindow>;
  readonly ranks: RankCounts;
  readonly outlying: OutlyingValues;
  /** Values that the baseline does not know, since it is in force. */
  readonly novel: NovelValues;
  /** Present where effects are measured against another time than the baseline's. */
  readonly #reference: MovingReference | undefined;
  /** Present where one record of each block is taken. */
  readonly #sampler: BlockSampler | undefined;
  readonly #windowSize: number;
  #ladder: Ladder | undefined;
  /** Which records are taken for evidence: each aspect depends on time in its own way. */
  readonly #ofValue: Thinning;
  readonly #ofMissing: Thinning;
  readonly #ofNovelty: Thinning;
  readonly #random: RandomSource;
  readonly #numbers: NumberWindow | undefined;
  readonly #categories: CategoryWindow | undefined;
  /** Places of the known categories; absent for numbers. */
  readonly #places: ReadonlyMap<string, number> | undefined;

  constructor(parts: ComparisonParts) {
    const { baseline, options, random, snapshot } = parts;
    const { known } = baseline;
    this.baseline = baseline;
    this.baselineId = baselineId(baseline, sha256);
    this.acceptedMs = snapshot?.acceptedMs ?? options.now();
    this.#random = random;
    const [ofValue, ofMissing, ofNovelty] = thinningsOf(baseline, random, snapshot?.phases);
    this.#ofValue = ofValue;
    this.#ofMissing = ofMissing;
    this.#ofNovelty = ofNovelty;
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
    this.ranks = new RankCounts(baseline);
    this.#windowSize = options.window;
    this.outlying = outlyingOf(parts, this.#numbers);
    this.novel = new NovelValues(snapshot?.novel);
    this.#sampler = options.sampleBy === 'records' ? undefined : this.#samplerOf(parts);
    if (snapshot !== undefined) this.#restore(snapshot);
  }

  get aspects(): readonly Aspect[] {
    return [this.value, this.missing, this.novelty] as readonly Aspect[];
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

  /** Whether this record is one of those whose value is taken for evidence. */
  isTaken(record: number): boolean {
    return this.#sampler === undefined && isTaken(this.#ofValue, record);
  }

  /** Records that one taken for evidence on an aspect stands for. */
  thinOf(aspect: AspectName): number {
    if (this.#sampler !== undefined) return this.#sampler.recordsPerBlock;
    if (aspect === 'value') return this.#ofValue.thin;
    return aspect === 'missing' ? this.#ofMissing.thin : this.#ofNovelty.thin;
  }

  /** The block that the records which follow belong to. */
  enterBlock(block: number): void {
    this.#sampler?.enter(block);
  }

  /** Takes a record and says what it was. */
  observe(outcome: number, value: number | string | undefined, record: number): ObservationOutcome {
    this.#observeMissing(outcome, record);
    if (outcome !== OUTCOME_OK || value === undefined)
      return outcome === OUTCOME_NULL ? 'null' : 'invalid';
    const number =
      typeof value === 'number' && this.#places === undefined ? value : this.#place(value);
    const isNovel = this.#observeValue(number, record);
    this.#observeNovelty(isNovel ? 1 : 0, record);
    if (!isNovel) return 'ok';
    if (this.#places !== undefined) {
      this.novel.observeName(String(value));
      return 'unseen';
    }
    const { known } = this.baseline;
    this.novel.observeNumber(known.kind === 'range' && number < known.min);
    return 'out_of_range';
  }

  snapshot(): ComparisonSnapshot {
    return {
      phases: [this.#ofValue.phase, this.#ofMissing.phase, this.#ofNovelty.phase],
      acceptedMs: this.acceptedMs,
      value: this.value.snapshot(),
      missing: this.missing.snapshot(),
      novelty: this.novelty.snapshot(),
      rankTotals: [...this.ranks.totals],
      outlying: this.outlying.entries(),
      ladder: this.#ladder?.snapshot() ?? null,
      novel: this.novel.snapshot(),
      ...(this.#reference === undefined ? {} : { reference: this.#reference.snapshot() }),
      ...(this.#sampler === undefined ? {} : { blocks: this.#sampler.snapshot() }),
    };
  }

  #observeMissing(outcome: number, record: number): void {
    const { missing } = this;
    missing.window.observe(outcome);
    if (this.#sampler !== undefined) this.#sampler.observeOutcome(outcome);
    else if (isTaken(this.#ofMissing, record)) {
      missing.evidence.observe(outcome);
    }
  }

  #observeNovelty(novel: number, record: number): void {
    const { novelty } = this;
    novelty.window.observe(novel);
    if (this.#sampler === undefined && isTaken(this.#ofNovelty, record)) {
      novelty.evidence.observe(novel);
    }
  }

  #observeValue(number: number, record: number): boolean {
    // Equal values share ranks by chance, which makes ranks uniform also where values repeat.
    const tie = this.#random.next();
    const { value } = this;
    // One search for all: the cell of the urn says where to look among buckets and in the sample.
    const cell = value.evidence.cell(number, tie);
    const rank = this.ranks.observe(number, tie, cell);
    const numbers = this.#numbers;
    if (numbers === undefined) this.#categories?.observe(number, rank);
    else {
      const place = numbers.observeNear(number, cell, rank);
      if (this.outlying.isCandidate(place)) {
        const deviation = numbers.deviation(number);
        this.outlying.offer({ value: number, cell: place, deviation, record });
      }
    }
    this.#reference?.observe(number);
    // While the reference learns, slow changes are the business of the bets that last.
    if (value.evidence.isFrozen && !value.isIncident) this.#climb(cell);
    const { known } = this.baseline;
    const isNovel =
      known.kind === 'range'
        ? !(number >= known.min && number <= known.max)
        : number === known.names.length;
    const sampler = this.#sampler;
    // Records of one session depend on each other: one of each block counts.
    if (sampler !== undefined)
      sampler.observeValue({ cell, place: number, novel: isNovel ? 1 : 0 });
    else if (isTaken(this.#ofValue, record)) {
      value.evidence.observe(cell, number);
    }
    return isNovel;
  }

  #samplerOf({ random, options, onSkipped, snapshot }: ComparisonParts): BlockSampler {
    const { value, missing, novelty } = this;
    const listener = {
      onOutcome: (outcome: number): void => missing.evidence.observe(outcome),
      onValue: ({ cell, place, novel }: SampledValue): void => {
        value.evidence.observe(cell, place);
        novelty.evidence.observe(novel);
      },
      onSkipped: onSkipped ?? ((): void => undefined),
    };
    const overlaps = options.sampleBy === 'session';
    return new BlockSampler({ random, listener, overlaps }, snapshot?.blocks);
  }

  #climb(cell: number): void {
    this.#ladder ??= this.#ladderOf();
    this.#ladder.observe(cell);
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

  #place(value: number | string): number {
    return this.#places?.get(String(value)) ?? this.#places?.size ?? 0;
  }

  #valueAspect({
    baseline,
    options,
    random,
    isContinued,
    level,
    snapshot,
  }: ComparisonParts): Comparison['value'] {
    const window = this.#numbers ?? this.#categories;
    if (window === undefined) throw new TypeError('Cannot compare a stream of no kind');
    const isFrozen = baseline.quality === 'approximate';
    const before = snapshot?.value;
    const parts = {
      cells: baseline.cells,
      random,
      promise: options.falseAlarmEvery,
      isFrozen,
      level,
      classes:
        this.#categories === undefined
          ? undefined
          : new ClassEvidence(
              { baseline, random, wanted: options.classes },
              before?.evidence.classes,
            ),
    };
    return new Aspect({
      aspect: 'value',
      evidence: new ValueEvidence(parts, before?.evidence),
      window,
      options,
      // The level of a short series needs no baseline.
      isCapped: baseline.quality === 'unstable' && level === undefined,
      nowMs: options.now(),
      rule: thresholdRule(options, this),
      reference: level === undefined ? this.#reference : levelEffect(level),
      isContinued,
      snapshot: before,
    });
  }

  #restore(snapshot: ComparisonSnapshot): void {
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

const levelEffect = (level: ShiftDetector): EffectReference => ({
  effect: () => ({ distance: level.shift.effect, floor: 0 }),
});

const outlyingOf = (
  { spanOf, options: { now }, snapshot }: ComparisonParts,
  numbers: NumberWindow | undefined,
): OutlyingValues =>
  new OutlyingValues({ spanOf, now, cells: numbers?.sliding.cells ?? 0 }, snapshot?.outlying);

const referenceOf = ({
  baseline,
  options,
  random,
  snapshot,
}: ComparisonParts): MovingReference | undefined =>
  options.compare === 'baseline'
    ? undefined
    : new MovingReference({ baseline, options, random }, snapshot?.reference);

function rateAspect(
  { baseline, options, random, isContinued, level, snapshot }: ComparisonParts,
  aspect: 'missing' | 'novelty',
): Aspect<OutcomeEvidence, RateWindow> {
  const isMissing = aspect === 'missing';
  const { urn } = isMissing ? baseline.missing : baseline.novelty;
  const quality = (isMissing ? baseline.missing.quality : undefined) ?? baseline.quality;
  const before = snapshot?.[aspect];
  const window = new RateWindow(baseline, isMissing ? missingRate : noveltyRate, options.window);
  return new Aspect({
    aspect,
    evidence: new OutcomeEvidence(urn, random, before?.evidence),
    window,
    rule:
      options.decision === 'threshold' ? { ...options, effect: () => window.effect() } : undefined,
    options,
    // A range of six values is left all the time, and the level says it better.
    isCapped: quality === 'unstable' || (!isMissing && level !== undefined),
    nowMs: options.now(),
    isContinued,
    snapshot: before,
  });
}
