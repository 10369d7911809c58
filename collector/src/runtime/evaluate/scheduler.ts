import { type GroupDefinition, groupKey } from '../../rules/rule.ts';
import { slotAt, slotOffsetMs } from '../../rules/slot.ts';
import type { CancelTimer, Clock } from '../clock.ts';

/** A rule group as the scheduler sees it. */
export type ScheduledGroup = Pick<GroupDefinition, 'file' | 'name' | 'intervalMs'>;

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Evaluates a whole group at a slot. */
  readonly evaluateSlot: (groupKey: string, slotMs: number) => void;
  /** Evaluates the rules whose series got samples, now. */
  readonly evaluateArrival: (rules: ReadonlySet<string>, nowMs: number) => void;
  /** The shortest time between two evaluations on arrival. */
  readonly arrivalGapMs: number;
  /** Told when slots went by without an evaluation; `inARow` counts ticks with misses. */
  readonly onMissed?: (groupKey: string, missed: number, inARow: number) => void;
}

interface GroupTimer {
  readonly key: string;
  readonly intervalMs: number;
  readonly offsetMs: number;
  cancel: CancelTimer;
  nextSlotMs: number;
  missedInARow: number;
}

/**
 * Calls evaluations at their times.
 *
 * Every group has slots, multiples of its interval moved by a hash of its name, as in Prometheus:
 * a tick that comes late is still evaluated at its slot, and slots that went by are skipped and
 * counted. Between slots, rules are evaluated when samples of their series arrive.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #groups: Map<string, GroupTimer> = new Map();
  readonly #arrived: Set<string> = new Set();
  #cancelArrival: CancelTimer | undefined;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Replaces the groups. A group that keeps its key and interval keeps its place in time. */
  setGroups(groups: readonly ScheduledGroup[]): void {
    const wanted = new Map(groups.map((group) => [groupKey(group), group]));
    for (const [key, timer] of this.#groups) {
      if (wanted.get(key)?.intervalMs === timer.intervalMs) continue;
      timer.cancel();
      this.#groups.delete(key);
    }
    for (const [key, group] of wanted) if (!this.#groups.has(key)) this.#add(key, group);
  }

  /** Takes note of rules whose series got samples. */
  notifyArrival(rules: Iterable<string>): void {
    if (this.#isStopped) return;
    for (const rule of rules) this.#arrived.add(rule);
    if (this.#arrived.size === 0 || this.#cancelArrival !== undefined) return;
    const { clock, arrivalGapMs } = this.#options;
    const sinceMs = clock.nowMs() - this.#lastArrivalMs;
    // A clock that was set back must not silence arrivals until it has caught up.
    const waitMs = sinceMs < 0 ? 0 : Math.max(0, arrivalGapMs - sinceMs);
    if (waitMs === 0) this.#evaluateArrived();
    else this.#cancelArrival = clock.setTimer(waitMs, () => this.#evaluateArrived());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelArrival?.();
    for (const { cancel } of this.#groups.values()) cancel();
    this.#groups.clear();
  }

  #add(key: string, group: ScheduledGroup): void {
    const { intervalMs } = group;
    const offsetMs = slotOffsetMs(group);
    const nowMs = this.#options.clock.nowMs();
    const timer: GroupTimer = {
      key,
      intervalMs,
      offsetMs,
      cancel: () => undefined,
      nextSlotMs: slotAt(nowMs, intervalMs, offsetMs) + intervalMs,
      missedInARow: 0,
    };
    this.#groups.set(key, timer);
    this.#arm(timer, nowMs);
  }

  #arm(timer: GroupTimer, nowMs: number): void {
    const delayMs = Math.max(0, timer.nextSlotMs - nowMs);
    timer.cancel = this.#options.clock.setTimer(delayMs, () => this.#tick(timer));
  }

  /**
   * The slots are counted on from the last one. The clock only tells whether the next has come, so
   * a timer that fires a millisecond early by the clock waits on and skips nothing.
   */
  #tick(timer: GroupTimer): void {
    const nowMs = this.#options.clock.nowMs();
    const { intervalMs, offsetMs, key } = timer;
    const earlyMs = timer.nextSlotMs - nowMs;
    // The clock was set back: the slots that it shows again are taken as they come.
    if (earlyMs > intervalMs) timer.nextSlotMs = slotAt(nowMs, intervalMs, offsetMs);
    if (nowMs >= timer.nextSlotMs) {
      const slotMs = slotAt(nowMs, intervalMs, offsetMs);
      this.#noteMisses(timer, Math.round((slotMs - timer.nextSlotMs) / intervalMs));
      timer.nextSlotMs = slotMs + intervalMs;
      this.#options.evaluateSlot(key, slotMs);
    }
    const isCurrent = !this.#isStopped && this.#groups.get(key) === timer;
    if (isCurrent) this.#arm(timer, this.#options.clock.nowMs());
  }

  #noteMisses(timer: GroupTimer, missed: number): void {
    timer.missedInARow = missed > 0 ? timer.missedInARow + 1 : 0;
    if (missed > 0) this.#options.onMissed?.(timer.key, missed, timer.missedInARow);
  }

  #evaluateArrived(): void {
    this.#cancelArrival = undefined;
    const rules = new Set(this.#arrived);
    this.#arrived.clear();
    this.#lastArrivalMs = this.#options.clock.nowMs();
    if (rules.size > 0) this.#options.evaluateArrival(rules, this.#lastArrivalMs);
  }
}
