import { copyInto, type Effect, numberList } from '@telltale/statistics';

import type { AspectName, DriftOptions, DriftState } from '../types.ts';
import type { ThresholdRule } from './effect/threshold-decision.ts';
import type { EffectWindow, WindowSnapshot } from './effect/window.ts';
import type { Evidence, EvidenceSnapshot } from './evidence/evidence.ts';
import { mayLearn } from './evidence/may-learn.ts';
import {
  type StateLimits,
  StateMachine,
  type StateMachineSnapshot,
  type StateStep,
} from './state-machine.ts';

/** Places of the numbers of an aspect; NUMBERS is how many there are. */
const THRESHOLD = 0;
const DISTANCE = 1;
const FLOOR = 2;
/** Records since the effect was computed; so many that it must be at the first evaluation. */
const UNREAD = 3;
const SINCE = 4;
const PEAK_EVIDENCE = 5;
const PEAK_DISTANCE = 6;
const CHANGE_POINT = 7;
const NUMBERS = 8;
/** No change point: records are counted from 1. */
const NONE = 0;

/** What one evaluation of an aspect gave. */
export interface AspectReading {
  readonly step: StateStep;
  readonly effect: Effect;
  readonly evidence: number;
  readonly changePoint: number | null;
}

/** The person who acknowledged an incident. */
export interface Acknowledgement {
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/** What an aspect has been through, as plain data. */
export interface AspectSnapshot {
  readonly evidence: EvidenceSnapshot;
  readonly window: WindowSnapshot;
  readonly machine: StateMachineSnapshot;
  readonly incident: Incident;
  readonly threshold: number | null;
  readonly effect: Effect;
  readonly unread: number;
  /** Absent in what an older release wrote. */
  readonly isLearning?: boolean;
}

/** The state an aspect is in, since when, and how bad it was. */
export interface Incident {
  /** When the state began, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly peakEvidence: number;
  readonly peakDistance: number;
  /** The record of the stream at which the change most likely began, counted from 1. */
  readonly changePoint: number | null;
  readonly acknowledged: Acknowledgement | null;
}

/** A reference other than the baseline; its effect is `undefined` until it has enough values. */
export interface EffectReference {
  effect(): Effect | undefined;
}

export interface AspectParts<E extends Evidence, W extends EffectWindow> {
  readonly aspect: AspectName;
  readonly evidence: E;
  readonly window: W;
  readonly options: DriftOptions;
  /** An unstable baseline may warn and no more. */
  readonly isCapped: boolean;
  readonly nowMs: number;
  /** Decides in place of evidence, where the options say so. */
  readonly rule?: ThresholdRule | undefined;
  /** Measures the effect against another time than the baseline's. */
  readonly reference?: EffectReference | undefined;
  /** A better baseline of the same stream takes over: it is known to be stable. */
  readonly isContinued?: boolean | undefined;
  readonly snapshot?: AspectSnapshot | undefined;
}

/** When and with what an aspect is evaluated. */
export interface Occasion {
  /** Records since the evaluation before. */
  readonly records: number;
  /** Records of the stream so far. */
  readonly total: number;
  /** The stream takes every thin-th record for evidence. */
  readonly thin: number;
  readonly threshold: number;
  readonly nowMs: number;
  /** Long blocks of records show a change that no window does. */
  readonly isSlow?: boolean;
}

/** One question about a stream: its evidence, its effect and its state. */
export class Aspect<E extends Evidence = Evidence, W extends EffectWindow = EffectWindow> {
  readonly aspect: AspectName;
  readonly evidence: E;
  readonly window: W;
  readonly #machine: StateMachine;
  readonly #isCapped: boolean;
  readonly #limits: StateLimits;
  readonly #rule: ThresholdRule | undefined;
  readonly #reference: EffectReference | undefined;
  /** What changes at evaluations, in places named above: fields would need a box for each number. */
  readonly #numbers = numberList(NUMBERS);
  #acknowledged: Acknowledgement | null;

  constructor(parts: AspectParts<E, W>) {
    const { aspect, evidence, window, options, isCapped, nowMs, rule, reference, snapshot } = parts;
    this.aspect = aspect;
    this.evidence = evidence;
    this.window = window;
    this.#rule = rule;
    this.#reference = reference;
    this.#limits = limitsOf(options, rule);
    this.#machine = new StateMachine(
      this.#limits,
      snapshot?.machine ?? (parts.isContinued === true ? STABLE : undefined),
    );
    this.#isCapped = isCapped;
    const incident = snapshot?.incident ?? quiet(nowMs);
    this.#acknowledged = incident.acknowledged;
    this.#begin(
      incident,
      snapshot ?? { threshold: null, effect: UNKNOWN, unread: window.capacity },
    );
    this.evidence.isLearning = snapshot?.isLearning ?? this.#mayLearn(evidence.value);
  }

  get state(): DriftState {
    return this.#machine.state;
  }

  /** Whether the state is drift or alert. */
  get isIncident(): boolean {
    const { state } = this.#machine;
    return state === 'drift' || state === 'alert';
  }

  /** Evidence from which something changed; infinite before the first evaluation. */
  get threshold(): number {
    return this.#at(THRESHOLD);
  }

  /** The effect as it is now. */
  get effect(): Effect {
    return this.#rule?.effect() ?? this.#reference?.effect() ?? this.window.effect();
  }

  /** Whether a bare comparison decides, whatever the evidence. */
  get isThresholdDecided(): boolean {
    return this.#rule !== undefined;
  }

  /** Whether the effect was over the threshold of drift when it was last evaluated. */
  get isOverThreshold(): boolean {
    return this.#at(DISTANCE) >= this.#limits.driftThreshold;
  }

  get incident(): Incident {
    const changePoint = this.#at(CHANGE_POINT);
    return {
      sinceMs: this.#at(SINCE),
      peakEvidence: this.#at(PEAK_EVIDENCE),
      peakDistance: this.#at(PEAK_DISTANCE),
      changePoint: changePoint === NONE ? null : changePoint,
      acknowledged: this.#acknowledged,
    };
  }

  evaluate(occasion: Occasion): AspectReading {
    const { records, threshold, isSlow = false } = occasion;
    const numbers = this.#numbers;
    numbers[THRESHOLD] = threshold;
    const evidence = this.evidence.value;
    const isEvident = evidence >= threshold;
    numbers[UNREAD] = this.#at(UNREAD) + records;
    if (isEvident || isSlow || this.isThresholdDecided || !this.#isSurelyStable()) {
      const { distance, floor } = this.effect;
      numbers[DISTANCE] = distance;
      numbers[FLOOR] = floor;
      numbers[UNREAD] = 0;
    }
    const step = this.#machine.evaluate({
      records,
      isEvident: this.isThresholdDecided ? this.isOverThreshold : isEvident,
      effect: this.#isCapped ? 0 : this.#countedEffect(),
      floor: this.#at(FLOOR),
      isSlow,
    });
    const changePoint = isEvident ? this.#changePoint(occasion) : null;
    this.#follow(step, { evidence, changePoint, nowMs: occasion.nowMs });
    if (step.isRearmed) this.evidence.rearm();
    // Decided here: at every record it would cost more than the evidence.
    this.evidence.isLearning = this.#mayLearn(step.isRearmed ? 0 : evidence);
    return { step, effect: this.#lastEffect, evidence, changePoint };
  }

  /** Marks the incident as seen; its state stays. @returns whether there was one to mark */
  acknowledge(acknowledged: Acknowledgement): boolean {
    if (!this.isIncident) return false;
    this.#acknowledged = acknowledged;
    return true;
  }

  snapshot(): AspectSnapshot {
    return {
      evidence: this.evidence.snapshot(),
      window: this.window.snapshot(),
      machine: this.#machine.snapshot(),
      incident: this.incident,
      threshold: Number.isFinite(this.threshold) ? this.threshold : null,
      effect: this.#lastEffect,
      unread: this.#at(UNREAD),
      isLearning: this.evidence.isLearning,
    };
  }

  #mayLearn(evidence: number): boolean {
    return !this.isIncident && mayLearn(evidence, this.#at(THRESHOLD));
  }

  #begin(
    { sinceMs, peakEvidence, peakDistance, changePoint }: Incident,
    { threshold, effect, unread }: Pick<AspectSnapshot, 'threshold' | 'effect' | 'unread'>,
  ): void {
    const { distance, floor } = effect;
    const limit = threshold ?? Number.POSITIVE_INFINITY;
    copyInto(this.#numbers, [limit, distance, floor, unread], THRESHOLD);
    copyInto(this.#numbers, [sinceMs, peakEvidence, peakDistance, changePoint ?? NONE], SINCE);
  }

  #at(place: number): number {
    return this.#numbers[place] ?? 0;
  }

  /** The effect as it was when it was needed last. */
  get #lastEffect(): Effect {
    return { distance: this.#at(DISTANCE), floor: this.#at(FLOOR) };
  }

  /**
   * A moving reference is as small as a window, and its own noise may exceed the thresholds forever
   * once evidence is there: only what exceeds the noise counts.
   */
  #countedEffect(): number {
    const { distance, floor } = this.#lastEffect;
    return this.#reference === undefined ? distance : Math.max(0, distance - floor);
  }

  /**
   * Whether the state stays `stable` whatever the effect has become: a record moves the distance of
   * a full window by 1/n at most. Saves most passes over the window, and changes no verdict.
   */
  #isSurelyStable(): boolean {
    const { length, capacity, hasFixedFloor } = this.window;
    const isSlowToMove = hasFixedFloor && this.#reference === undefined;
    if (this.#machine.state !== 'stable' || length < capacity || !isSlowToMove) return false;
    const { distance, floor } = this.#lastEffect;
    return distance + this.#at(UNREAD) / length - floor < this.#limits.driftThreshold;
  }

  #changePoint({ total, thin }: Occasion): number | null {
    const ago = this.evidence.changePointAgo();
    return ago === undefined ? null : Math.max(1, total - ago * thin + 1);
  }

  #follow(
    { from, to, isRearmed }: StateStep,
    found: {
      readonly evidence: number;
      readonly changePoint: number | null;
      readonly nowMs: number;
    },
  ): void {
    const numbers = this.#numbers;
    if (isRearmed) {
      numbers.fill(0, PEAK_EVIDENCE, CHANGE_POINT);
      numbers[CHANGE_POINT] = NONE;
      this.#acknowledged = null;
    }
    if (isRearmed || from !== to) numbers[SINCE] = found.nowMs;
    const distance = this.#at(DISTANCE);
    const isHigher = found.evidence > this.#at(PEAK_EVIDENCE) || distance > this.#at(PEAK_DISTANCE);
    const isDated = found.changePoint !== null && this.#at(CHANGE_POINT) === NONE;
    if (isDated || (isHigher && !isRearmed)) {
      numbers[PEAK_EVIDENCE] = Math.max(this.#at(PEAK_EVIDENCE), found.evidence);
      numbers[PEAK_DISTANCE] = Math.max(this.#at(PEAK_DISTANCE), distance);
    }
    // The estimate at the alarm is the best one: later records tell of the drift, not of its start.
    if (isDated) numbers[CHANGE_POINT] = found.changePoint ?? NONE;
  }
}

/** Without a rule the options themselves, which all streams share. */
const limitsOf = (options: DriftOptions, rule: ThresholdRule | undefined): StateLimits =>
  rule === undefined ? options : { ...rule, window: options.window };

const STABLE: StateMachineSnapshot = { state: 'stable', quietRecords: 0, cooldownRecords: 0 };

const UNKNOWN: Effect = { distance: 0, floor: 1 };

const quiet = (sinceMs: number): Incident => ({
  sinceMs,
  peakEvidence: 0,
  peakDistance: 0,
  changePoint: null,
  acknowledged: null,
});
