import { type Alert, severityRank, sinceMs } from './alert.ts';

type Labels = Readonly<Record<string, string>>;

/** A line of the list: the head of several alerts, or one alert. */
export type Row =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly title: string;
      readonly alerts: readonly Alert[];
      /** Labels that all of them share, the grouping one apart. */
      readonly shared: Labels;
    }
  | {
      readonly kind: 'alert';
      readonly key: string;
      readonly alert: Alert;
      /** Labels in which it differs from its group; all of them when it stands alone. */
      readonly differing: Labels;
      readonly isAlone: boolean;
    };

/** Labels that the row says by other means. */
const SAID_OTHERWISE: ReadonlySet<string> = new Set(['alertname', 'severity']);

/**
 * The rows of a list: groups by the worst severity inside and the newest alert; firing before
 * pending before resolved.
 *
 * @param groupBy a label, or an empty text for one list without groups.
 */
export function alertRows(alerts: readonly Alert[], groupBy: string): readonly Row[] {
  const sorted = [...alerts].sort(compareAlerts);
  if (groupBy === '') return sorted.map((alert) => aloneRow(alert));
  const groups = new Map<string, Alert[]>();
  for (const alert of sorted) {
    const title = alert.labels[groupBy] ?? '';
    const known = groups.get(title);
    if (known === undefined) groups.set(title, [alert]);
    else known.push(alert);
  }
  return [...groups].flatMap(([title, members]) => groupRows(title, members, groupBy));
}

function groupRows(title: string, members: readonly Alert[], groupBy: string): readonly Row[] {
  const [first] = members;
  if (first !== undefined && members.length === 1) return [aloneRow(first)];
  const shared = sharedLabels(members.map(({ labels }) => labels));
  const without = (name: string): boolean => name !== groupBy && !SAID_OTHERWISE.has(name);
  const head: Row = {
    kind: 'group',
    key: `group ${title}`,
    title: title === '' ? `without ${groupBy}` : title,
    alerts: members,
    shared: pick(shared, without),
  };
  const rows = members.map((alert): Row => {
    const isDifferent = (name: string): boolean =>
      shared[name] === undefined && without(name) && name !== groupBy;
    const differing = pick(alert.labels, isDifferent);
    return { kind: 'alert', key: alert.id, alert, differing, isAlone: groupBy !== 'alertname' };
  });
  return [head, ...rows];
}

function aloneRow(alert: Alert): Row {
  const differing = pick(alert.labels, (name) => !SAID_OTHERWISE.has(name));
  return { kind: 'alert', key: alert.id, alert, differing, isAlone: true };
}

const STATES: readonly Alert['state'][] = ['firing', 'pending', 'resolved'];

/** What needs attention first: firing, severe, not acknowledged, new. */
function compareAlerts(left: Alert, right: Alert): number {
  return (
    STATES.indexOf(left.state) - STATES.indexOf(right.state) ||
    severityRank(right.severity) - severityRank(left.severity) ||
    Number(left.ack !== null) - Number(right.ack !== null) ||
    sinceMs(right) - sinceMs(left) ||
    (left.id < right.id ? -1 : 1)
  );
}

/** Labels with the same value everywhere. */
function sharedLabels(list: readonly Labels[]): Labels {
  const [first = {}, ...others] = list;
  return pick(first, (name, value) => others.every((labels) => labels[name] === value));
}

function pick(labels: Labels, isWanted: (name: string, value: string) => boolean): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([name, value]) => isWanted(name, value)),
  );
}
