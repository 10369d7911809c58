/** One event of the alert service's history. */
export interface AlertEvent {
  readonly kind: string;
  readonly alertname: string;
  readonly tsMs: number;
}

export type AlertTransition = 'pending' | 'firing' | 'resolved';

/** What became of one alert in this run. */
export interface AlertStory {
  readonly name: string;
  readonly transitions: readonly AlertTransition[];
  /** When it fired; `undefined` when it did not. */
  readonly firedAtMs?: number;
}

const KINDS: Readonly<Record<string, AlertTransition>> = {
  'alert.pending': 'pending',
  'alert.firing': 'firing',
  'alert.resolved': 'resolved',
};

/** The stories in the history, in the order in which alerts first appeared. */
export function alertStories(events: readonly AlertEvent[]): readonly AlertStory[] {
  const byName = new Map<string, { transitions: AlertTransition[]; firedAtMs?: number }>();
  for (const { kind, alertname, tsMs } of events.toSorted((a, b) => a.tsMs - b.tsMs)) {
    const transition = KINDS[kind];
    if (transition === undefined) continue;
    const story = byName.get(alertname) ?? { transitions: [] };
    story.transitions.push(transition);
    if (transition === 'firing') story.firedAtMs ??= tsMs;
    byName.set(alertname, story);
  }
  return Array.from(byName, ([name, story]) => ({ name, ...story }));
}

/** Whether an alert was pending, fired and resolved, in this order. */
export const isWholeStory = ({ transitions }: AlertStory): boolean => {
  const fired = transitions.indexOf('firing');
  return (
    transitions[0] === 'pending' && fired > 0 && transitions.indexOf('resolved', fired) > fired
  );
};
