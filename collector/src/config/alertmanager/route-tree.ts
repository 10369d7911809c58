import { LabelMatchers } from '../../notify/stages/matching/label-matchers.ts';
import type { Route } from '../../notify/stages/routing/route.ts';
import type { ProblemList } from './problem.ts';
import type { RouteEntry } from './route-schema.ts';

/** Alertmanager's defaults for what the root route leaves out. */
const ROOT_DEFAULTS = {
  groupBy: new Set<string>(),
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
} as const;

type Inherited = Pick<
  Route,
  'receivers' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'labels'
>;

interface Place {
  readonly key: string;
  readonly id: string;
  readonly index: number | undefined;
}

/** The tree with everything inherited filled in. */
export function routeTree(entry: RouteEntry): Route {
  const root = { ...ROOT_DEFAULTS, receivers: [], labels: {} };
  return makeRoute(entry, root, { key: '', id: '', index: undefined });
}

function makeRoute(entry: RouteEntry, parent: Inherited, place: Place): Route {
  const matchers = matchersOf(entry);
  const isRoot = place.index === undefined;
  const key = place.key.concat(isRoot ? '' : '/', matchers.toString());
  const idEnd = isRoot ? '' : `/${place.index}`;
  const id = place.id.concat(isRoot ? '' : '/', matchers.toString(), idEnd);
  const inherited = inheritedBy(entry, parent);
  return {
    key,
    id,
    ...inherited,
    matchers,
    continues: entry.continue ?? false,
    // Time intervals are the one thing that children do not inherit.
    muteIntervals: entry.mute_time_intervals ?? [],
    activeIntervals: entry.active_time_intervals ?? [],
    isImmediate: false,
    routes: (entry.routes ?? []).map((child, index) =>
      makeRoute(child, inherited, { key, id, index }),
    ),
  };
}

function matchersOf({
  match = [],
  match_re: matchRe = [],
  matchers = [],
}: RouteEntry): LabelMatchers {
  return new LabelMatchers([...match, ...matchRe, ...matchers]);
}

function inheritedBy(entry: RouteEntry, parent: Inherited): Inherited {
  return {
    receivers: entry.receiver === undefined ? parent.receivers : [entry.receiver],
    groupBy: entry.group_by === undefined ? parent.groupBy : groupByOf(entry.group_by),
    groupWaitMs: entry.group_wait ?? parent.groupWaitMs,
    groupIntervalMs: entry.group_interval ?? parent.groupIntervalMs,
    repeatIntervalMs: entry.repeat_interval ?? parent.repeatIntervalMs,
    labels: { ...parent.labels, ...entry.labels },
  };
}

function groupByOf(names: readonly string[]): Route['groupBy'] {
  return names.includes('...') ? 'all' : new Set(names);
}

/** Checks what one route alone cannot say: the root's duties, and names that must exist. */
export function checkRoutes(
  entry: RouteEntry,
  known: { readonly receivers: ReadonlySet<string>; readonly intervals: ReadonlySet<string> },
  problems: ProblemList,
): void {
  checkRoot(entry, problems);
  const visit = (route: RouteEntry, path: readonly (string | number)[]): void => {
    const { receiver = '' } = route;
    if (receiver !== '' && !known.receivers.has(receiver)) {
      problems.add([...path, 'receiver'], `Unknown receiver "${receiver}"`);
    }
    for (const key of ['mute_time_intervals', 'active_time_intervals'] as const) {
      for (const [index, name] of (route[key] ?? []).entries()) {
        if (known.intervals.has(name)) continue;
        problems.add([...path, key, index], `Unknown time interval "${name}"`);
      }
    }
    for (const [index, child] of (route.routes ?? []).entries())
      visit(child, [...path, 'routes', index]);
  };
  visit(entry, ['route']);
}

function checkRoot(entry: RouteEntry, problems: ProblemList): void {
  if ((entry.receiver ?? '') === '') {
    problems.add(['route'], 'Missing key "receiver": the root route must name one');
  }
  for (const key of ['match', 'match_re', 'matchers'] as const) {
    if ((entry[key] ?? []).length === 0) continue;
    problems.add(['route', key], 'Cannot use matchers here: the root route takes every alert');
  }
  for (const key of ['mute_time_intervals', 'active_time_intervals'] as const) {
    if ((entry[key] ?? []).length === 0) continue;
    problems.add(['route', key], 'Cannot use time intervals here: put them into a child route');
  }
  if (entry.continue === true) {
    problems.add(['route', 'continue'], 'Cannot continue here: no route follows the root');
  }
}
