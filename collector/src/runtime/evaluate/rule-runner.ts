import { textKey } from '@telltale/core';

import type { AlertSnapshot } from '../../notify/notifier.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import {
  type PendingRemoval,
  reloadGroups,
  removalSamples,
} from '../../rules/carry-over/reload.ts';
import { restoreAlerts } from '../../rules/carry-over/restore.ts';
import type { RuleEnvironment, RuleSample } from '../../rules/evaluation.ts';
import { RuleGroup, type RuleState } from '../../rules/group.ts';
import type { GroupDefinition, Rule } from '../../rules/rule.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import { storeRuleSamples } from '../durable/rule-output.ts';
import { AlertCommits, type AlertCommitsOptions } from './alert-commits.ts';
import { AlertHold } from './alert-hold.ts';
import { AlertMessages, type AlertMessagesOptions } from './alert-messages.ts';
import { ArrivalGate } from './arrival-gate.ts';
import { dueAtSlot } from './due-at-slot.ts';
import { giveSeriesBack } from './left-series.ts';
import type { RuleQueries } from './rule-queries.ts';
import type { SelfAlertName } from './self-alerts.ts';

export interface RuleRunnerOptions
  extends AlertMessagesOptions,
    Omit<AlertCommitsOptions, 'messages' | 'snapshot'> {
  readonly store: SeriesStore;
  readonly ruleQueries: RuleQueries;
  readonly lookbackMs: number;
  readonly holdMsMax: number;
  readonly monotonicMs: () => number;
  /** Told of samples that recording rules wrote, which a restart cannot compute again. */
  readonly onRecorded: (samples: readonly RuleSample[]) => void;
  /** Called before each evaluation: a clock that was set calls `followClock`. */
  readonly checkClock: () => void;
}

/** Totals since the start. */
export interface EvaluationCounters {
  evaluations: number;
  ruleErrors: number;
  transitions: number;
  secondsTotal: number;
}

/** When and why a group is evaluated. */
interface Occasion {
  readonly timeMs: number;
  readonly isSlot: boolean;
  /** Which rules; `undefined` for all. */
  readonly isDue: ((rule: Rule) => boolean) | undefined;
}

/** Tells groups whose rule file is left out for now: their alerts are kept as they are. */
type IsAside = (groupKey: string) => boolean;

/** No rule file is left out. */
const NONE_ASIDE: IsAside = () => false;

/** A rule and the group that it stands in. */
interface RulePlace {
  readonly group: RuleGroup;
  readonly state: RuleState;
}

/** Names one rule of one group in retention needs and arrivals. */
export function ruleId(groupKey: string, ruleKey: string): string {
  return textKey([groupKey, ruleKey]);
}

/**
 * Runs the rule groups: evaluates, stores what they write, and commits every transition together
 * with its history and its notifications.
 */
export class RuleRunner {
  readonly counters: EvaluationCounters = {
    evaluations: 0,
    ruleErrors: 0,
    transitions: 0,
    secondsTotal: 0,
  };
  readonly #options: RuleRunnerOptions;
  readonly #messages: AlertMessages;
  readonly #commits: AlertCommits;
  readonly #gate: ArrivalGate;
  #groups: readonly RuleGroup[] = [];
  #placeById: ReadonlyMap<string, RulePlace> = new Map();
  #removals: readonly PendingRemoval[] = [];
  readonly #hold: AlertHold;

  constructor(options: RuleRunnerOptions) {
    this.#options = options;
    this.#messages = new AlertMessages(options);
    this.#commits = new AlertCommits({
      ...options,
      messages: this.#messages,
      snapshot: (changes) => this.snapshot(changes),
    });
    this.#hold = new AlertHold(options.lookbackMs, options.holdMsMax);
    this.#gate = new ArrivalGate(options.store, options.lookbackMs);
  }

  get groups(): readonly RuleGroup[] {
    return this.#groups;
  }

  /** Loads the rules of the first configuration and puts the saved alerts back into them. */
  restore(definitions: readonly GroupDefinition[], isAside: IsAside = NONE_ASIDE): void {
    this.#setGroups(definitions.map((definition) => new RuleGroup(definition)));
    const rows = this.#commits.load();
    const changes = restoreAlerts(this.#groups, rows, {
      nowMs: this.#options.clock.nowMs(),
      isAside,
    });
    giveSeriesBack(this.#groups, this.#options.store);
    this.#commit(this.#groups, changes);
    this.#commits.keepGroups(this.#groups, isAside);
  }

  /** Puts a new configuration in place; unchanged groups go on undisturbed. */
  reload(definitions: readonly GroupDefinition[], isAside: IsAside = NONE_ASIDE): void {
    const nowMs = this.#options.clock.nowMs();
    const { groups, removals, changes } = reloadGroups(this.#groups, definitions, nowMs);
    this.#setGroups(groups);
    this.#removals = [...this.#removals, ...removals];
    this.#commit(this.#groups, changes);
    this.#commits.keepGroups(this.#groups, isAside);
  }

  #commit(groups: readonly RuleGroup[], changes: readonly AlertChange[]): void {
    this.counters.transitions += changes.length;
    this.#commits.commit(groups, changes);
  }

  #setGroups(groups: readonly RuleGroup[]): void {
    this.#groups = groups;
    this.#placeById = new Map(
      groups.flatMap((group) =>
        group.rules.map((state) => [ruleId(group.key, state.key), { group, state }] as const),
      ),
    );
  }

  /** Data arrived; restored alerts cannot resolve before it is known how far it reaches back. */
  noteData(arrivalMs: number, coveredSinceMs: number): void {
    this.#hold.noteData(arrivalMs, coveredSinceMs);
  }

  /** The senders that were known before the start export this often; `undefined`: none was known. */
  expectSenders(intervalMs: number | undefined): void {
    this.#hold.expectSenders(intervalMs, this.#options.clock.nowMs());
  }

  /** Evaluates a whole group at its slot. @param isPast whether a later slot is due already. */
  evaluateSlot(groupKey: string, slotMs: number, isPast = false): void {
    const group = this.#groups.find(({ key }) => key === groupKey);
    if (group !== undefined) {
      const isDue = dueAtSlot(group, slotMs, isPast);
      this.#evaluate(group, { timeMs: slotMs, isSlot: true, isDue });
    }
    this.#endRemovedSeries();
  }

  /**
   * Evaluates alerting rules whose series just got samples, in between the slots, as far as the
   * samples make a whole. @returns which rules were evaluated.
   */
  evaluateArrival(rules: ReadonlySet<string>, nowMs: number): ReadonlySet<string> {
    const evaluated = new Set<string>();
    const dueByGroup = new Map<RuleGroup, Map<number, Set<Rule>>>();
    for (const id of rules) {
      const place = this.#placeById.get(id);
      const timeMs = place && this.#gate.timeOf(place.state, nowMs);
      if (place === undefined || timeMs === undefined) continue;
      evaluated.add(id);
      const dueByTime = dueByGroup.get(place.group) ?? new Map<number, Set<Rule>>();
      const due = dueByTime.get(timeMs) ?? new Set<Rule>();
      dueByGroup.set(place.group, dueByTime.set(timeMs, due.add(place.state.rule)));
    }
    for (const [group, dueByTime] of dueByGroup) {
      // Rules of one group may be due for different times; each time must follow the one before.
      for (const [timeMs, due] of [...dueByTime].toSorted(([a], [b]) => a - b)) {
        this.#evaluate(group, { timeMs, isSlot: false, isDue: (rule) => due.has(rule) });
      }
    }
    return evaluated;
  }

  /** What receivers may be told of now. */
  snapshot(changes: readonly AlertChange[] = []): AlertSnapshot {
    return this.#messages.snapshot(this.#groups, changes);
  }

  /** Raises an alert about the service itself; once until it is cleared. */
  raise(name: SelfAlertName, subject: string, summary: string): void {
    const { selfAlerts, clock } = this.#options;
    this.#tell(selfAlerts.raise(name, { subject, summary }, clock.nowMs()));
  }

  clear(name: SelfAlertName, subject: string): void {
    const { selfAlerts, clock } = this.#options;
    this.#tell(selfAlerts.clear(name, subject, clock.nowMs()));
  }

  #tell(alert: NotifiedAlert | undefined): void {
    if (alert === undefined) return;
    this.#options.notifier.onChange(this.snapshot(), [this.#messages.labelled(alert)]);
    this.#options.onCommitted();
  }

  #evaluate(group: RuleGroup, { timeMs, isSlot, isDue }: Occasion): void {
    const { store, clock, monotonicMs } = this.#options;
    const startMs = monotonicMs();
    this.#options.checkClock();
    const nowMs = clock.nowMs();
    store.advanceTo(nowMs);
    this.#options.ruleQueries.begin();
    const hold = this.#hold.at(nowMs);
    const { changes, errors } = group.evaluate(timeMs, this.#environment(isDue), hold);
    for (const state of group.rules) {
      if (isDue?.(state.rule) !== false) this.#gate.noteEvaluated(state, isSlot);
    }
    // What rules write starts no evaluation: rules that read each other would run without end.
    store.retention.takeTouchedGroups();
    this.counters.evaluations += 1;
    this.counters.ruleErrors += errors.length;
    for (const { rule, error } of errors) {
      this.#options.log.warn({ group: group.key, rule, error }, 'Cannot evaluate a rule');
    }
    // Between slots without a change only the time of pending alerts is worth a write.
    if (changes.length > 0 || isSlot) this.#commit([group], changes);
    else if (group.alerts().some(({ status }) => status === 'pending'))
      this.#commits.saveTime(group);
    this.counters.secondsTotal += (monotonicMs() - startMs) / 1000;
  }

  #environment(isDue: Occasion['isDue']): RuleEnvironment {
    const { store, ruleQueries, externalLabels, externalUrl, monotonicMs, lookbackMs } =
      this.#options;
    return {
      ...ruleQueries.queries,
      externalLabels,
      externalUrl,
      monotonicMs,
      append: (samples) => {
        storeRuleSamples(store, samples, lookbackMs);
        this.#options.onRecorded(samples);
      },
      ...(isDue === undefined ? {} : { isDue }),
    };
  }

  /** Time alone changes no alert: when the clock was set, all of them wait for fresh data. */
  followClock(jumpMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    // Times that were seen once come again, and their samples would be taken as repeated.
    if (jumpMs < 0) this.#options.store.dropFuture(nowMs);
    for (const group of this.#groups) group.shiftTimes(jumpMs, nowMs);
    this.#hold.restart(nowMs);
  }

  #endRemovedSeries(): void {
    if (this.#removals.length === 0) return;
    const nowMs = this.#options.clock.nowMs();
    const due = this.#removals.filter(({ dueMs }) => nowMs >= dueMs);
    for (const removal of due) {
      storeRuleSamples(this.#options.store, removalSamples(removal, nowMs), 0);
    }
    this.#removals = this.#removals.filter(({ dueMs }) => nowMs < dueMs);
  }
}
