import { compareUtf8, Labels } from '../../../model/labels.ts';
import { formatLabels } from '../../../model/labels-format.ts';
import type { LabelMatchers, LabelRecord } from '../matching/label-matchers.ts';

/** One node of the route tree with everything it inherits filled in; durations in ms. */
export interface Route {
  /** The matchers from the root to here, as Alertmanager's group keys begin. */
  readonly key: string;
  /** Like `key`, but different for each route of the tree. */
  readonly id: string;
  readonly matchers: LabelMatchers;
  readonly continues: boolean;
  /** One, but for the implicit route, which tells every receiver. */
  readonly receivers: readonly string[];
  /** Names of labels, or `'all'` for every label. */
  readonly groupBy: ReadonlySet<string> | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteIntervals: readonly string[];
  readonly activeIntervals: readonly string[];
  /** Shown in messages (Alertmanager 0.34). */
  readonly labels: LabelRecord;
  /** Flush whenever an alert of a group changes, as the implicit route does. */
  readonly isImmediate: boolean;
  readonly routes: readonly Route[];
}

/** The routes that take an alert: depth first, the first match of each level unless it continues. */
export function matchRoutes(route: Route, labels: LabelRecord): readonly Route[] {
  if (!route.matchers.matches(labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const matches = matchRoutes(child, labels);
    found.push(...matches);
    if (matches.length > 0 && !child.continues) break;
  }
  return found.length > 0 ? found : [route];
}

/** Every route of the tree, depth first. */
export function walkRoutes(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(walkRoutes)];
}

/** The labels that an alert's group has in a route, by name; a label it lacks is left out. */
export function groupLabels(labels: LabelRecord, groupBy: Route['groupBy']): LabelRecord {
  const kept = Object.entries(labels).filter(([name]) => groupBy === 'all' || groupBy.has(name));
  return Object.fromEntries(kept.sort(([left], [right]) => compareUtf8(left, right)));
}

/**
 * `{}/{team="x"}:{alertname="A", model="m"}`, as Alertmanager writes it. Names beyond letters, digits
 * and `_` are quoted, so that no two groups look alike.
 */
export function groupKey(routeKey: string, labels: LabelRecord): string {
  return routeKey.concat(':', formatLabels(Labels.of(labels)));
}
