import type { DriftState } from '../types.ts';

/** The number that stands for a state in `ml.drift.state`. */
export const STATE_NUMBERS: Readonly<Record<DriftState, number>> = {
  learning: 0,
  stable: 1,
  warning: 2,
  drift: 3,
  alert: 4,
};

/** Effect sizes that separate the states, and how many records a way back takes. */
export interface StateLimits {
  /** Effect from which evidence means drift. Default 0.05. */
  readonly driftThreshold: number;
  /** Effect from which evidence means alert. Default 0.1. */
  readonly alertThreshold: number;
  /** Records of a window. */
  readonly window: number;
}

/** What one evaluation found. */
export interface Finding {
  /** Records since the evaluation before. */
  readonly records: number;
  /** The evidence has reached its threshold. */
  readonly isEvident: boolean;
  /** Effect size D. */
  readonly effect: number;
  /** The effect that 95 % of unchanged windows stay below. */
  readonly floor: number;
  /** Long blocks of records show a change that no window does. */
  readonly isSlow?: boolean;
}

/** The state as a value, for snapshots. */
export interface StateMachineSnapshot {
  readonly state: DriftState;
  readonly quietRecords: number;
  readonly cooldownRecords: number;
}

/** What an evaluation did. */
export interface StateStep {
  readonly from: DriftState;
  readonly to: DriftState;
  /** The incident ended: evidence starts again at zero and learning resumes. */
  readonly isRearmed: boolean;
}

/** Share of a threshold that the effect must fall below before a state ends. */
const EXIT_SHARE = 0.8;

/**
 * The states of one aspect. Drift and alert need evidence, which bounds false alarms, and effect,
 * which says that it matters; they end only after a whole quiet window, so that one incident is one
 * incident. The noise floor is part of the exit rule because an unchanged window rarely shows an
 * effect near zero.
 */
export class StateMachine {
  readonly #limits: StateLimits;
  #state: DriftState;
  #quiet: number;
  #cooldown: number;

  constructor(limits: StateLimits, snapshot?: StateMachineSnapshot) {
    this.#limits = limits;
    this.#state = snapshot?.state ?? 'learning';
    this.#quiet = snapshot?.quietRecords ?? 0;
    this.#cooldown = snapshot?.cooldownRecords ?? 0;
  }

  get state(): DriftState {
    return this.#state;
  }

  snapshot(): StateMachineSnapshot {
    return {
      state: this.#state,
      quietRecords: this.#quiet,
      cooldownRecords: this.#cooldown,
    };
  }

  evaluate(finding: Finding): StateStep {
    const from = this.#state;
    this.#cooldown = Math.max(0, this.#cooldown - finding.records);
    const target = this.#target(finding);
    const isRearmed =
      from === 'drift' || from === 'alert'
        ? this.#leaveIncident(finding, target)
        : this.#moveFreely(finding, target);
    return { from, to: this.#state, isRearmed };
  }

  #target({ isEvident, effect, floor, isSlow = false }: Finding): DriftState {
    const { driftThreshold, alertThreshold } = this.#limits;
    if (isEvident && effect >= alertThreshold) return 'alert';
    if (isEvident && effect >= driftThreshold) return 'drift';
    const isWorthAWord = isEvident || isSlow || Math.max(0, effect - floor) >= driftThreshold;
    return isWorthAWord ? 'warning' : 'stable';
  }

  #leaveIncident({ records, effect, floor }: Finding, target: DriftState): boolean {
    const { driftThreshold, alertThreshold, window } = this.#limits;
    if (this.#state === 'drift' && target === 'alert') {
      this.#state = 'alert';
      this.#quiet = 0;
      return false;
    }
    const exit = (threshold: number): number => Math.max(EXIT_SHARE * threshold, floor);
    const isQuiet = effect < exit(this.#state === 'alert' ? alertThreshold : driftThreshold);
    this.#quiet = isQuiet ? this.#quiet + records : 0;
    if (this.#quiet < window) return false;
    this.#quiet = 0;
    if (this.#state === 'alert' && effect >= exit(driftThreshold)) {
      this.#state = 'drift';
      return false;
    }
    this.#state = 'stable';
    this.#cooldown = window;
    return true;
  }

  #moveFreely({ records }: Finding, wanted: DriftState): boolean {
    const isCapped = this.#cooldown > 0 && (wanted === 'drift' || wanted === 'alert');
    const target = isCapped ? 'warning' : wanted;
    if (this.#state !== 'warning' || target !== 'stable') {
      this.#state = target;
      this.#quiet = 0;
      return false;
    }
    this.#quiet += records;
    if (this.#quiet >= Math.floor(this.#limits.window / 4)) {
      this.#state = 'stable';
      this.#quiet = 0;
    }
    return false;
  }
}
