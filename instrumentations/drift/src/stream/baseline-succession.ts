import type { Baseline, RandomSource } from '@telltale/statistics';

import type { Aspect } from '../compare/aspect.ts';
import type { Comparison } from '../compare/comparison.ts';
import { BASELINE_SIZE_MAX, type DriftOptions, type StreamKey, type StreamKind } from '../types.ts';
import { BaselineLearner, type LearnerSnapshot } from './baseline-learner.ts';

/**
 * With such a share of the evidence of a change no larger baseline takes over: it might hold it.
 * Where little evidence is a change, unchanged records reach that share all the time, and a larger
 * one is enough.
 */
const SUSPICION_SHARE = 0.01;
const SUSPICION_MIN = 30_000;
const SUSPICION_SHARE_MAX = 0.1;

/** The stream whose baselines follow each other. */
export interface SuccessionOwner {
  readonly key: StreamKey;
  readonly kind: StreamKind;
  readonly options: DriftOptions;
  readonly random: RandomSource;
  aspects(): readonly Aspect[];
  /** Runs work of a few milliseconds, now or soon. */
  schedule(work: () => void): void;
  /** Watches against a baseline that was learned; a grown one is a larger one of the same data. */
  succeed(baseline: Baseline, isGrown: boolean): void;
}

/** How a stream comes by its baselines: the first, a new one when asked for, and a larger one. */
export class BaselineSuccession {
  readonly #owner: SuccessionOwner;
  /** Present until its baseline is accepted: it holds every record it collected. */
  #learner: BaselineLearner | undefined;
  /** The learner of which an attempt is under way. */
  #attempting: BaselineLearner | undefined;
  /** Present while a larger baseline is collected beside a small one that is in force. */
  #grower: BaselineLearner | undefined;

  constructor(owner: SuccessionOwner) {
    this.#owner = owner;
  }

  /** Present while a baseline is being learned, the first or a new one. */
  get learner(): BaselineLearner | undefined {
    return this.#learner;
  }

  /** A baseline is in force: nothing is learned until one is asked for. */
  end(): void {
    this.#learner = undefined;
    this.#grower = undefined;
  }

  /** Learns another baseline; the one in force stays until the new one is accepted. */
  begin(snapshot?: LearnerSnapshot): void {
    this.#learner = new BaselineLearner(this.#owner);
    if (snapshot !== undefined) this.#learner.restore(snapshot);
  }

  /** No larger baseline is collected any more. */
  stopGrowing(): void {
    this.#grower = undefined;
  }

  /** A learned baseline is small so that verdicts come early; a larger one finds smaller changes. */
  growBeside({ baseline, value }: Comparison): void {
    if (this.#learner !== undefined || this.#grower !== undefined) return;
    const { size, sizeMax = BASELINE_SIZE_MAX } = this.#owner.options.baseline;
    // A larger one may have lost its first half to the gate.
    const { records } = baseline.missing;
    const isSmall = baseline.source === 'auto' && Math.max(2 * size, 2 * records) < sizeMax;
    const isFull = value.window.length >= value.window.capacity;
    if (!isSmall || !isFull || baseline.quality !== 'ok' || !this.#isCalm) return;
    const { key, kind, options, random } = this.#owner;
    this.#grower = new BaselineLearner({ key, kind, options, random, size: sizeMax, warmup: 0 });
  }

  /** Takes a record of the stream. */
  observe(outcome: number, value: number | string | undefined, block: number | undefined): void {
    const learner = this.#learner ?? this.#grower;
    if (learner === undefined) return;
    learner.observe(outcome, value, block);
    if (learner.isDue && this.#attempting !== learner) this.#attempt(learner);
  }

  /** Tries to learn a baseline, a step at a time: the application must not wait for all of it. */
  #attempt(learner: BaselineLearner): void {
    const owner = this.#owner;
    this.#attempting = learner;
    const steps = learner.steps();
    const next = (): void => {
      // A reset or another baseline came in between.
      if (this.#learner !== learner && this.#grower !== learner) return;
      const { done, value } = steps.next();
      if (done !== true) {
        owner.schedule(next);
        return;
      }
      this.#attempting = undefined;
      if (learner === this.#grower) this.#grow(value);
      else if (value !== undefined) owner.succeed(value, false);
    };
    owner.schedule(next);
  }

  /** A larger baseline takes over where it is one, and where nothing looks changed. */
  #grow(baseline: Baseline | undefined): void {
    this.#grower = undefined;
    const isBetter = baseline?.quality === 'ok' && baseline.missing.quality !== 'unstable';
    if (isBetter && this.#isCalm) this.#owner.succeed(baseline, true);
  }

  get #isCalm(): boolean {
    return this.#owner
      .aspects()
      .every(
        ({ state, evidence, threshold }) =>
          state === 'stable' && evidence.value < suspicionOf(threshold),
      );
  }
}

const suspicionOf = (threshold: number): number =>
  Math.max(SUSPICION_SHARE * threshold, Math.min(SUSPICION_MIN, SUSPICION_SHARE_MAX * threshold));
