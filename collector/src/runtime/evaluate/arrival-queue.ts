import type { CancelTimer, Clock } from '../clock.ts';

export interface ArrivalQueueOptions {
  readonly clock: Clock;
  /** The shortest time between two evaluations of one rule. */
  readonly gapMs: number;
  /** Evaluates rules now; answers which of them had all they need. */
  readonly evaluate: (rules: ReadonlySet<string>, nowMs: number) => ReadonlySet<string>;
}

/** Rules whose series got samples: evaluated at once, but each at most once in the gap. */
export class ArrivalQueue {
  readonly #options: ArrivalQueueOptions;
  /** When a rule was last evaluated on arrival. */
  readonly #lastMs: Map<string, number> = new Map();
  readonly #waiting: Set<string> = new Set();
  #cancel: CancelTimer | undefined;

  constructor(options: ArrivalQueueOptions) {
    this.#options = options;
  }

  add(rules: Iterable<string>): void {
    for (const rule of rules) this.#waiting.add(rule);
    this.#evaluateDue();
  }

  /** Forgets when rules were evaluated, because rules come and go with a configuration. */
  forget(): void {
    this.#lastMs.clear();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting.clear();
  }

  #evaluateDue(): void {
    const nowMs = this.#options.clock.nowMs();
    const due = new Set<string>();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const rule of this.#waiting) {
      const waitMs = this.#waitMs(rule, nowMs);
      if (waitMs === 0) due.add(rule);
      else nextMs = Math.min(nextMs, waitMs);
    }
    for (const rule of due) this.#waiting.delete(rule);
    if (due.size > 0) {
      // A rule that still lacks samples of some exporter must not wait for the gap as well.
      for (const rule of this.#options.evaluate(due, nowMs)) this.#lastMs.set(rule, nowMs);
    }
    this.#cancel?.();
    this.#cancel = Number.isFinite(nextMs)
      ? this.#options.clock.setTimer(nextMs, () => this.#evaluateDue())
      : undefined;
  }

  /** A clock that was set back must not silence arrivals until it has caught up. */
  #waitMs(rule: string, nowMs: number): number {
    const sinceMs = nowMs - (this.#lastMs.get(rule) ?? Number.NEGATIVE_INFINITY);
    return sinceMs < 0 ? 0 : Math.max(0, this.#options.gapMs - sinceMs);
  }
}
