import { missedSlots, slotAt, slotOffsetMs } from '../../rules/slot.ts';
import type { CancelTimer, Clock } from '../clock.ts';

/** A rule group as the scheduler sees it. */
export interface ScheduledGroup {
  readonly key: string;
  readonly intervalMs: number;
}

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
  readonly group: ScheduledGroup;
  readonly offsetMs: number;
  cancel: CancelTimer;
  lastSlotMs: number | undefined;
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
    const wanted = new Map(groups.map((group) => [group.key, group]));
    for (const [key, timer] of this.#groups) {
      if (wanted.get(key)?.intervalMs === timer.group.intervalMs) continue;
      timer.cancel();
      this.#groups.delete(key);
    }
    for (const group of groups) if (!this.#groups.has(group.key)) this.#add(group);
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

  #add(group: ScheduledGroup): void {
    const timer: GroupTimer = {
      group,
      offsetMs: slotOffsetMs(group.key, group.intervalMs),
      cancel: () => undefined,
      lastSlotMs: undefined,
      missedInARow: 0,
    };
    this.#groups.set(group.key, timer);
    this.#arm(timer);
  }

  #arm(timer: GroupTimer): void {
    const nowMs = this.#options.clock.nowMs();
    const { intervalMs } = timer.group;
    const nextMs = slotAt(nowMs, intervalMs, timer.offsetMs) + intervalMs;
    timer.cancel = this.#options.clock.setTimer(nextMs - nowMs, () => this.#tick(timer));
  }

  #tick(timer: GroupTimer): void {
    const nowMs = this.#options.clock.nowMs();
    const { intervalMs, key } = timer.group;
    const slotMs = slotAt(nowMs, intervalMs, timer.offsetMs);
    // A timer may fire a moment early by the wall clock, and the clock may have been set back.
    if (timer.lastSlotMs === undefined || slotMs > timer.lastSlotMs) {
      this.#noteMisses(timer, slotMs);
      timer.lastSlotMs = slotMs;
      this.#options.evaluateSlot(key, slotMs);
    } else if (timer.lastSlotMs - slotMs > intervalMs) {
      timer.lastSlotMs = slotMs;
      this.#options.evaluateSlot(key, slotMs);
    }
    if (!this.#isStopped && this.#groups.get(key) === timer) this.#arm(timer);
  }

  #noteMisses(timer: GroupTimer, slotMs: number): void {
    const { lastSlotMs, group } = timer;
    const missed = lastSlotMs === undefined ? 0 : missedSlots(lastSlotMs, slotMs, group.intervalMs);
    timer.missedInARow = missed > 0 ? timer.missedInARow + 1 : 0;
    if (missed > 0) this.#options.onMissed?.(group.key, missed, timer.missedInARow);
  }

  #evaluateArrived(): void {
    this.#cancelArrival = undefined;
    const rules = new Set(this.#arrived);
    this.#arrived.clear();
    this.#lastArrivalMs = this.#options.clock.nowMs();
    if (rules.size > 0) this.#options.evaluateArrival(rules, this.#lastArrivalMs);
  }
}
