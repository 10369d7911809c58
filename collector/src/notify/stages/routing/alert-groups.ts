import type { LabelRecord } from '../matching/label-matchers.ts';
import { groupKey, groupLabels, matchRoutes, type Route, walkRoutes } from './route.ts';

/** An alert as far as grouping sees it. */
export interface RoutedAlert {
  readonly fingerprint: string;
  readonly labels: LabelRecord;
  readonly startsAtMs: number;
}

/** Alerts of one route that are notified together, and when that happens next. */
export interface AlertGroup {
  /** Different for every group, also where two routes have equal matchers. */
  readonly id: string;
  /** Alertmanager's group key, by which receivers know the group. */
  readonly key: string;
  readonly route: Route;
  readonly labels: LabelRecord;
  /** Fingerprints. */
  readonly members: Set<string>;
  /** Members that a former run left. */
  readonly savedMembers: readonly string[] | undefined;
  nextFlushMs: number;
  hasFlushed: boolean;
  /** Members that were muted at the last flush, which decides how the next message is called. */
  mutedBefore: ReadonlySet<string>;
}

/** What of a group outlives a restart. */
export interface SavedGroup {
  readonly id: string;
  readonly nextFlushMs: number;
  readonly hasFlushed: boolean;
  /** Fingerprints; what resolved and was told is not among them. */
  readonly members: readonly string[];
}

/** Sorts alerts into groups by the route tree and keeps each group's timer. */
export class AlertGroups {
  #root: Route;
  readonly #groups: Map<string, AlertGroup> = new Map();
  readonly #saved: Map<string, SavedGroup> = new Map();
  readonly #dirty: Set<string> = new Set();

  constructor(root: Route) {
    this.#root = root;
  }

  get root(): Route {
    return this.#root;
  }

  get size(): number {
    return this.#groups.size;
  }

  values(): IterableIterator<AlertGroup> {
    return this.#groups.values();
  }

  get(id: string): AlertGroup | undefined {
    return this.#groups.get(id);
  }

  /** Timers of a former run, for groups that come back. */
  load(saved: Iterable<SavedGroup>): void {
    for (const group of saved) this.#saved.set(group.id, group);
  }

  /** Ids of groups that changed or went since the last call. */
  takeDirty(): readonly string[] {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty;
  }

  markDirty(ids: Iterable<string>): void {
    for (const id of ids) this.#dirty.add(id);
  }

  /**
   * Puts a new route tree in place. Groups that it still has keep their timers; what `alerts` gives
   * is sorted again.
   */
  setRoot(root: Route, alerts: Iterable<RoutedAlert>, nowMs: number): void {
    this.#root = root;
    for (const { id, nextFlushMs, hasFlushed, members } of this.#groups.values()) {
      this.#saved.set(id, { id, nextFlushMs, hasFlushed, members: [...members] });
    }
    const before = new Map(this.#groups);
    this.#groups.clear();
    for (const alert of alerts) this.put(alert, nowMs);
    for (const [id, { mutedBefore }] of before) {
      const group = this.#groups.get(id);
      if (group !== undefined) group.mutedBefore = mutedBefore;
      this.#dirty.add(id);
    }
    this.#forgetSaved(root);
  }

  /** Whether a former run had the alert in a group that is not back yet. */
  isSavedMember({ fingerprint, labels }: RoutedAlert): boolean {
    return matchRoutes(this.#root, labels).some((route) => {
      const id = groupKey(route.id, groupLabels(labels, route.groupBy));
      const members = this.#saved.get(id)?.members ?? this.#groups.get(id)?.savedMembers;
      return members?.includes(fingerprint) ?? false;
    });
  }

  /** Sorts an alert in and returns its groups. */
  put(alert: RoutedAlert, nowMs: number): readonly AlertGroup[] {
    return matchRoutes(this.#root, alert.labels).map((route) => {
      const labels = groupLabels(alert.labels, route.groupBy);
      const id = groupKey(route.id, labels);
      const group = this.#groups.get(id) ?? this.#create({ id, route, labels }, alert, nowMs);
      if (!group.members.has(alert.fingerprint)) {
        group.members.add(alert.fingerprint);
        this.#dirty.add(id);
      }
      if (route.isImmediate) this.#setTimer(group, Math.min(group.nextFlushMs, nowMs));
      return group;
    });
  }

  /** Groups whose time has come, the longest overdue first. */
  due(nowMs: number): readonly AlertGroup[] {
    return [...this.#groups.values()]
      .filter(({ nextFlushMs }) => nextFlushMs <= nowMs)
      .sort((left, right) => left.nextFlushMs - right.nextFlushMs);
  }

  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { nextFlushMs } of this.#groups.values()) {
      if (next === undefined || nextFlushMs < next) next = nextFlushMs;
    }
    return next;
  }

  /** Makes a group flush at once. */
  hurry(group: AlertGroup, nowMs: number): void {
    this.#setTimer(group, Math.min(group.nextFlushMs, nowMs));
  }

  /** A flush is over: the next one is an interval away, and what resolved leaves the group. */
  flushed(group: AlertGroup, resolved: readonly string[], nowMs: number): void {
    const { groupIntervalMs } = group.route;
    const onTimeMs = group.nextFlushMs + groupIntervalMs;
    // After a pause of the process the beat starts again, instead of catching up in a burst.
    this.#setTimer(group, onTimeMs > nowMs ? onTimeMs : nowMs + groupIntervalMs);
    group.hasFlushed = true;
    this.#dirty.add(group.id);
    for (const fingerprint of resolved) group.members.delete(fingerprint);
  }

  /** Forgets groups without alerts; they are dirty then, and no longer there. */
  removeEmpty(): void {
    for (const [id, { members }] of this.#groups) {
      if (members.size > 0) continue;
      this.#groups.delete(id);
      this.#dirty.add(id);
    }
  }

  /** Takes an alert out of every group. */
  remove(fingerprint: string): void {
    for (const { members } of this.#groups.values()) members.delete(fingerprint);
  }

  /** Moves every timer by as much as the clock was set. */
  shift(byMs: number): void {
    for (const group of this.#groups.values()) this.#setTimer(group, group.nextFlushMs + byMs);
  }

  #create(
    { id, route, labels }: Pick<AlertGroup, 'id' | 'route' | 'labels'>,
    alert: RoutedAlert,
    nowMs: number,
  ): AlertGroup {
    const saved = this.#saved.get(id);
    this.#saved.delete(id);
    // An alert that is older than the wait has waited already, here or where it comes from.
    const isOld = alert.startsAtMs + route.groupWaitMs < nowMs;
    const fresh = { nextFlushMs: isOld ? nowMs : nowMs + route.groupWaitMs, hasFlushed: false };
    const group: AlertGroup = {
      id,
      key: groupKey(route.key, labels),
      route,
      labels,
      members: new Set(),
      savedMembers: saved?.members,
      ...(saved === undefined
        ? fresh
        : { nextFlushMs: saved.nextFlushMs, hasFlushed: saved.hasFlushed }),
      mutedBefore: new Set(),
    };
    // A longer wait than the new route has would be the old route's.
    group.nextFlushMs = Math.min(
      group.nextFlushMs,
      nowMs + Math.max(route.groupWaitMs, route.groupIntervalMs),
    );
    this.#groups.set(id, group);
    this.#dirty.add(id);
    return group;
  }

  #setTimer(group: AlertGroup, nextFlushMs: number): void {
    if (group.nextFlushMs === nextFlushMs) return;
    group.nextFlushMs = nextFlushMs;
    this.#dirty.add(group.id);
  }

  #forgetSaved(root: Route): void {
    const routes = walkRoutes(root).map(({ id }) => id);
    for (const id of this.#saved.keys()) {
      if (!routes.some((route) => id.startsWith(`${route}:`))) this.#saved.delete(id);
    }
  }
}
