import type { RandomSource } from '@telltale/statistics';

import { AspectMonitor } from './aspect-monitor.ts';
import { type Baseline, isKnown, numberOf, OUTCOME_NULL, OUTCOME_OK } from './baseline.ts';
import { baselineId } from './baseline-file.ts';
import { BaselineLearner } from './baseline-learner.ts';
import { OutcomeEvidence, ValueEvidence } from './evidence.ts';
import { readObservation } from './observation.ts';
import { type DriftState, STATE_NUMBERS } from './state-machine.ts';
import type {
  DriftOptions,
  DriftTransition,
  ObservationOutcome,
  StreamKey,
  StreamKind,
} from './types.ts';
import { CategoryWindow, NumberWindow, RateWindow } from './window.ts';

/** Records without which no verdict is given. */
const VERDICT_RECORDS_MIN = 100;
const EVALUATIONS_PER_WINDOW = 50;

export interface StreamParts {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly options: DriftOptions;
  readonly random: RandomSource;
  /** Live aspects of the whole monitor: each gets its share of the promise. */
  readonly family: () => number;
  readonly onTransition: (transition: DriftTransition) => void;
}

/** What is being watched, once there is a baseline. */
interface Watch {
  readonly baseline: Baseline;
  /** SHA-256 of the baseline's canonical file, in hex. */
  readonly baselineId: string;
  readonly value: AspectMonitor;
  readonly missing: AspectMonitor;
  readonly novelty: AspectMonitor;
  /** Which record of a block of `thin` is taken for evidence. */
  readonly phase: number;
}

/** One stream: it learns a baseline and then watches values, missing and novel ones against it. */
export class StreamMonitor {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly counts: Record<ObservationOutcome | 'thinned', number> = {
    ok: 0,
    null: 0,
    invalid: 0,
    unseen: 0,
    out_of_range: 0,
    thinned: 0,
  };
  readonly transitions: Map<string, number> = new Map();
  readonly #parts: StreamParts;
  readonly #evaluationEvery: number;
  /** Let go once there is a baseline: it holds every record it collected. */
  #learner: BaselineLearner | undefined;
  #watch: Watch | undefined;
  #records = 0;
  #sinceEvaluation = 0;

  constructor(parts: StreamParts) {
    this.key = parts.key;
    this.kind = parts.kind;
    this.#parts = parts;
    this.#learner = new BaselineLearner(parts.kind, parts.options, parts.random);
    this.#evaluationEvery = Math.max(1, Math.floor(parts.options.window / EVALUATIONS_PER_WINDOW));
  }

  get records(): number {
    return this.#records;
  }

  get watch(): Watch | undefined {
    return this.#watch;
  }

  /** The worst state of the three aspects. */
  get state(): DriftState {
    if (this.#watch === undefined) return 'learning';
    return this.aspects().reduce<DriftState>(
      (worst, { state }) => (STATE_NUMBERS[state] > STATE_NUMBERS[worst] ? state : worst),
      'learning',
    );
  }

  aspects(): readonly AspectMonitor[] {
    const watch = this.#watch;
    return watch === undefined ? [] : [watch.value, watch.missing, watch.novelty];
  }

  /** Takes one value, whatever it is. */
  observe(raw: unknown): void {
    this.#records += 1;
    const { outcome, value } = readObservation(this.kind, raw);
    const watch = this.#watch;
    if (watch === undefined) {
      this.#count(outcome);
      const baseline = this.#learner?.add(outcome, value);
      if (baseline !== undefined) this.adopt(baseline);
      return;
    }
    this.#take(watch, outcome, value);
    this.#sinceEvaluation += 1;
    if (this.#sinceEvaluation >= this.#evaluationEvery) this.#evaluate(watch);
  }

  /** Watches against this baseline from now on. */
  adopt(baseline: Baseline): void {
    const { options, random } = this.#parts;
    const { designEffect, missing } = baseline;
    const isCapped = baseline.quality === 'unstable';
    const isCategorical = baseline.known.kind === 'categories';
    const novelBaseline = Math.floor(baseline.size / 2);
    this.#learner = undefined;
    const rate = (hits: number, records: number): RateWindow =>
      new RateWindow({ hits, records, designEffect }, options.window);
    this.#watch = {
      baseline,
      baselineId: baselineId(baseline),
      phase: Math.floor(random.next() * baseline.thin),
      value: new AspectMonitor({
        aspect: 'value',
        evidence: new ValueEvidence(baseline.cells, random, options.falseAlarmEvery),
        window: isCategorical
          ? new CategoryWindow(baseline, options.window)
          : new NumberWindow(baseline, options.window),
        options,
        isCapped,
      }),
      missing: new AspectMonitor({
        aspect: 'missing',
        evidence: new OutcomeEvidence(missing.urn, random),
        window: rate(missing.nulls + missing.invalid, missing.records),
        options,
        isCapped,
      }),
      novelty: new AspectMonitor({
        aspect: 'novelty',
        evidence: new OutcomeEvidence(baseline.novelty, random),
        window: rate(0, novelBaseline),
        options,
        isCapped,
      }),
    };
  }

  /** Learns a baseline anew. */
  relearn(): void {
    this.#learner = new BaselineLearner(this.kind, this.#parts.options, this.#parts.random);
    this.#watch = undefined;
    this.#sinceEvaluation = 0;
  }

  /** Starts again with the baseline as it was, everything seen since forgotten. */
  reset(): void {
    if (this.#watch === undefined) this.relearn();
    else this.adopt(this.#watch.baseline);
  }

  #take(watch: Watch, outcome: number, value: number | string | undefined): void {
    const { baseline, missing } = watch;
    const isTaken = this.#records % baseline.thin === watch.phase;
    if (!isTaken) this.counts.thinned += 1;
    missing.window.push(outcome);
    if (isTaken) missing.evidence.take(outcome, missing.isLearning);
    if (outcome !== OUTCOME_OK || value === undefined) {
      this.#count(outcome);
      return;
    }
    const isFamiliar = isKnown(value, baseline.known);
    this.#countFamiliar(isFamiliar, baseline);
    const number = numberOf(value, baseline.known);
    watch.value.window.push(number);
    watch.novelty.window.push(isFamiliar ? 0 : 1);
    if (!isTaken) return;
    watch.value.evidence.take(number, watch.value.isLearning);
    watch.novelty.evidence.take(isFamiliar ? 0 : 1, watch.novelty.isLearning);
  }

  #count(outcome: number): void {
    if (outcome === OUTCOME_OK) this.counts.ok += 1;
    else this.counts[outcome === OUTCOME_NULL ? 'null' : 'invalid'] += 1;
  }

  #countFamiliar(isFamiliar: boolean, { known }: Baseline): void {
    if (isFamiliar) this.counts.ok += 1;
    else this.counts[known.kind === 'range' ? 'out_of_range' : 'unseen'] += 1;
  }

  #evaluate(watch: Watch): void {
    const records = this.#sinceEvaluation;
    this.#sinceEvaluation = 0;
    const { options, family } = this.#parts;
    const threshold = (options.falseAlarmEvery * Math.max(1, family())) / watch.baseline.thin;
    for (const monitor of this.aspects()) {
      if (monitor.window.length < VERDICT_RECORDS_MIN) continue;
      const { step, effect, evidence, changePointAgo } = monitor.evaluate(records, threshold);
      if (step.from === step.to) continue;
      const name = `${step.from} ${step.to}`;
      this.transitions.set(name, (this.transitions.get(name) ?? 0) + 1);
      if (step.from === 'learning') continue;
      const { thin } = watch.baseline;
      this.#parts.onTransition({
        stream: this.key,
        aspect: monitor.aspect,
        from: step.from,
        to: step.to,
        evidence,
        threshold,
        effect: effect.distance,
        floor: effect.floor,
        ...(changePointAgo === undefined ? {} : { changePointRecordsAgo: changePointAgo * thin }),
        records: this.#records,
        baselineId: watch.baselineId,
      });
    }
  }
}
