import { compareUtf8, Labels } from '../../model/labels.ts';
import { formatLabels } from '../../model/labels-format.ts';
import type { NotifiedAlert } from './notification.ts';

export interface AlertGroup {
  /** The key of the route, a colon and the group labels, as Alertmanager writes it. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly NotifiedAlert[];
}

/** The label name that stands for all labels in `group_by`. */
const GROUP_BY_ALL = '...';

/** The route key of a configuration without routes. */
const ROOT_ROUTE_KEY = '{}';

/** Puts alerts with equal values of the `groupBy` labels together, in order of appearance. */
export function groupAlerts(
  alerts: readonly NotifiedAlert[],
  groupBy: readonly string[],
  routeKey: string = ROOT_ROUTE_KEY,
): AlertGroup[] {
  const groups = new Map<string, { labels: Record<string, string>; alerts: NotifiedAlert[] }>();
  for (const alert of alerts) {
    const labels = groupLabels(alert.labels, groupBy);
    const key = Labels.of(labels).key;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, alerts: [alert] });
    else group.alerts.push(alert);
  }
  return [...groups.values()].map((group) => {
    return { key: shownKey(routeKey, group.labels), ...group };
  });
}

/** A label that an alert lacks is left out, not empty. */
function groupLabels(
  labels: Readonly<Record<string, string>>,
  groupBy: readonly string[],
): Record<string, string> {
  const isAll = groupBy.includes(GROUP_BY_ALL);
  const kept = Object.entries(labels).filter(([name]) => isAll || groupBy.includes(name));
  return Object.fromEntries(kept.sort(([left], [right]) => compareUtf8(left, right)));
}

/** No two groups look alike: names beyond letters, digits and `_` are quoted, as values are. */
function shownKey(routeKey: string, labels: Readonly<Record<string, string>>): string {
  const shown = formatLabels(Labels.of(labels));
  return routeKey.concat(':', shown);
}
