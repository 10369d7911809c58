import type { RuleRunner } from '../../evaluate/rule-runner.ts';

/** Evaluations missed in a row before an alert tells of it. */
const MISSED_IN_A_ROW_MAX = 3;

/** A group that missed no slot for this long is no longer late. */
const QUIET_MS = 5 * 60_000;

/** Rule groups that take longer than their interval. */
export class LateGroups {
  /** Slots without an evaluation since the start. */
  missedTotal = 0;
  readonly #lastMissMs: Map<string, number> = new Map();
  readonly #runner: RuleRunner;

  constructor(runner: RuleRunner) {
    this.#runner = runner;
  }

  /** @param inARow ticks in a row with misses. */
  note(
    groupKey: string,
    { missed, inARow }: { readonly missed: number; readonly inARow: number },
    nowMs: number,
  ): void {
    this.missedTotal += missed;
    this.#lastMissMs.set(groupKey, nowMs);
    if (inARow < MISSED_IN_A_ROW_MAX) return;
    const summary = `Rule group ${groupKey} takes longer than its interval`;
    this.#runner.raise('TelltaleEvaluationLate', groupKey, summary);
  }

  /** Ends the alerts of groups that keep up again. */
  clearQuiet(nowMs: number): void {
    for (const [key, lastMs] of this.#lastMissMs) {
      if (nowMs - lastMs < QUIET_MS) continue;
      this.#lastMissMs.delete(key);
      this.#runner.clear('TelltaleEvaluationLate', key);
    }
  }
}
