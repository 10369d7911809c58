/** Every so often a window in which a profile is recorded. */
export interface Duty {
  readonly windowMs: number;
  readonly periodMs: number;
}

export const DUTY_DEFAULT: Duty = { windowMs: 10_000, periodMs: 60_000 };

/** A start of V8's profiler that took longer stops the loop noticeably: the next window is skipped. */
const START_MS_MAX = 100;
const DEAR_IN_A_ROW_MAX = 3;
const SAMPLE_COST_MS = 0.033;
const CPU_SHARE_MAX = 0.01;

export type Judgement = 'record' | 'skip' | 'off';

/** Decides whether continuous profiling goes on, from what it has cost. */
export class DutyJudge {
  #dearInARow = 0;

  /** @param startMs how long the start of the last window stopped the loop */
  judge(startMs: number, duty: Duty, intervalMs: number): Judgement {
    if (cpuShare(duty, intervalMs) > CPU_SHARE_MAX) return 'off';
    if (startMs <= START_MS_MAX) {
      this.#dearInARow = 0;
      return 'record';
    }
    this.#dearInARow += 1;
    return this.#dearInARow >= DEAR_IN_A_ROW_MAX ? 'off' : 'skip';
  }
}

/** Estimated share of one CPU, for a process that is busy all the time. */
export const cpuShare = ({ windowMs, periodMs }: Duty, intervalMs: number): number =>
  ((SAMPLE_COST_MS / intervalMs) * windowMs) / periodMs;
