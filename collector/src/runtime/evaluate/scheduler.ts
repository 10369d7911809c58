import { type GroupDefinition, groupKey } from '../../rules/rule.ts';
import { slotAt, slotOffsetMs } from '../../rules/slot.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import { ArrivalQueue } from './arrival-queue.ts';
import { CatchUp } from './catch-up.ts';

/** A rule group as the scheduler sees it. */
export type ScheduledGroup = Pick<GroupDefinition, 'file' | 'name' | 'intervalMs'>;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  /** How often the clock was set so far: slots that it jumped over never were. */
  readonly clockSets: () => number;
  /** Evaluates a whole group at a slot; `isPast`: at one that a later slot has overtaken. */
  readonly evaluateSlot: (groupKey: string, slotMs: number, isPast: boolean) => void;
  /** Evaluates rules whose series got samples, now; answers which of them had all they need. */
  readonly evaluateArrival: (rules: ReadonlySet<string>, nowMs: number) => ReadonlySet<string>;
  /** The shortest time between two evaluations of a rule on arrival. */
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
  /** `clockSets` when the timer was armed. */
  clockSets: number;
}

/**
 * Calls evaluations at their times.
 *
 * Every group has slots, multiples of its interval moved by a hash of its name, as in Prometheus:
 * a tick that comes late is still evaluated at its slot. Slots that went by are made up for as far as
 * there is time (see `CatchUp`), others are skipped and counted. Between slots, rules are evaluated
 * when samples of their series arrive.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #groups: Map<string, GroupTimer> = new Map();
  readonly #arrivals: ArrivalQueue;
  readonly #catchUp: CatchUp;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#catchUp = new CatchUp(options.monotonicMs);
    this.#arrivals = new ArrivalQueue({
      clock: options.clock,
      gapMs: options.arrivalGapMs,
      evaluate: options.evaluateArrival,
    });
  }

  /** Replaces the groups. A group that keeps its key and interval keeps its place in time. */
  setGroups(groups: readonly ScheduledGroup[]): void {
    const wanted = new Map(groups.map((group) => [groupKey(group), group]));
    for (const [key, timer] of this.#groups) {
      if (wanted.get(key)?.intervalMs === timer.intervalMs) continue;
      timer.cancel();
      this.#groups.delete(key);
    }
    // A rule that changed is due at its first sample, without the gap after the old one.
    this.#arrivals.forget();
    for (const [key, group] of wanted) if (!this.#groups.has(key)) this.#add(key, group);
  }

  /** Takes note of rules whose series got samples. */
  notifyArrival(rules: Iterable<string>): void {
    if (!this.#isStopped) this.#arrivals.add(rules);
  }

  stop(): void {
    this.#isStopped = true;
    this.#arrivals.stop();
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
      clockSets: 0,
    };
    this.#groups.set(key, timer);
    this.#arm(timer, nowMs);
  }

  #arm(timer: GroupTimer, nowMs: number): void {
    const delayMs = Math.max(0, timer.nextSlotMs - nowMs);
    timer.clockSets = this.#options.clockSets();
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
      const passed = Math.round((slotMs - timer.nextSlotMs) / intervalMs);
      const madeUp = passed === 0 ? 0 : this.#makeUp(timer, slotMs);
      this.#noteMisses(timer, passed - madeUp);
      timer.nextSlotMs = slotMs + intervalMs;
      this.#options.evaluateSlot(key, slotMs, false);
    }
    // The evaluation may have ended in a reload or a stop.
    const isCurrent = !this.#isStopped && this.#groups.get(key) === timer;
    if (isCurrent) this.#arm(timer, this.#options.clock.nowMs());
  }

  /** Evaluates slots that went by, oldest first. @returns how many */
  #makeUp({ key, intervalMs, nextSlotMs, clockSets }: GroupTimer, slotMs: number): number {
    // Slots that the clock was set over never were.
    if (this.#options.clockSets() !== clockSets) return 0;
    const passed = this.#catchUp.slots(nextSlotMs, slotMs, intervalMs);
    return passed.filter((pastMs) =>
      this.#catchUp.run(() => this.#options.evaluateSlot(key, pastMs, true)),
    ).length;
  }

  #noteMisses(timer: GroupTimer, missed: number): void {
    timer.missedInARow = missed > 0 ? timer.missedInARow + 1 : 0;
    if (missed > 0) this.#options.onMissed?.(timer.key, missed, timer.missedInARow);
  }
}
