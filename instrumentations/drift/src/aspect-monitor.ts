import type { Effect } from './effect.ts';
import type { Evidence } from './evidence.ts';
import { type DriftState, StateMachine, type StateStep } from './state-machine.ts';
import type { Aspect, DriftOptions } from './types.ts';
import type { EffectWindow } from './window.ts';

/** What one evaluation of an aspect gave. */
export interface AspectReading {
  readonly step: StateStep;
  readonly effect: Effect;
  readonly evidence: number;
  readonly threshold: number;
  readonly changePointAgo: number | undefined;
}

export interface AspectParts {
  readonly aspect: Aspect;
  readonly evidence: Evidence;
  readonly window: EffectWindow;
  readonly options: DriftOptions;
  /** An unstable baseline may warn and no more. */
  readonly isCapped: boolean;
}

/** One question about a stream: its evidence, its effect and its state. */
export class AspectMonitor {
  readonly aspect: Aspect;
  readonly evidence: Evidence;
  readonly window: EffectWindow;
  readonly #machine: StateMachine;
  readonly #isCapped: boolean;
  threshold: number = Number.POSITIVE_INFINITY;
  effect: Effect = { distance: 0, floor: 1 };
  peakEvidence = 0;

  constructor({ aspect, evidence, window, options, isCapped }: AspectParts) {
    this.aspect = aspect;
    this.evidence = evidence;
    this.window = window;
    this.#machine = new StateMachine(options);
    this.#isCapped = isCapped;
  }

  get state(): DriftState {
    return this.#machine.state;
  }

  /**
   * Whether records may still join the reference: not while something looks changed, so that drifted
   * data stay out of it.
   */
  get isLearning(): boolean {
    const isIncident = this.state === 'drift' || this.state === 'alert';
    return !isIncident && this.evidence.value < this.threshold;
  }

  evaluate(records: number, threshold: number): AspectReading {
    this.threshold = threshold;
    this.effect = this.window.effect();
    const evidence = this.evidence.value;
    this.peakEvidence = Math.max(this.peakEvidence, evidence);
    const isEvident = evidence >= threshold;
    const step = this.#machine.evaluate({
      records,
      isEvident,
      effect: this.#isCapped ? 0 : this.effect.distance,
      floor: this.effect.floor,
    });
    const changePointAgo = isEvident ? this.evidence.changePointAgo() : undefined;
    if (step.isRearmed) {
      this.evidence.rearm();
      this.peakEvidence = 0;
    }
    return { step, effect: this.effect, evidence, threshold, changePointAgo };
  }
}
