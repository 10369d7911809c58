/** One event of the alert service's history. */
export interface AlertEvent {
  readonly kind: string;
  readonly alertname: string;
  readonly tsMs: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export type AlertTransition = 'pending' | 'firing' | 'resolved';

/** What became of one alert in this run. */
export interface AlertStory {
  readonly name: string;
  /** The stream of values that it is about, where it is about one. */
  readonly stream?: string;
  readonly transitions: readonly AlertTransition[];
  /** When it fired; `undefined` when it did not. */
  readonly firedAtMs?: number;
}

const KINDS: Readonly<Record<string, AlertTransition>> = {
  'alert.pending': 'pending',
  'alert.firing': 'firing',
  'alert.resolved': 'resolved',
};

/**
 * The stories in the history, in the order in which alerts first appeared: one a rule, or one a
 * stream of values where the rule is about streams.
 */
export function alertStories(events: readonly AlertEvent[]): readonly AlertStory[] {
  const stories = new Map<string, Writable<AlertStory>>();
  for (const { kind, alertname, tsMs, labels } of events.toSorted((a, b) => a.tsMs - b.tsMs)) {
    const transition = KINDS[kind];
    if (transition === undefined) continue;
    const stream = labels?.['ml_drift_stream'];
    const id = `${alertname} ${stream ?? ''}`;
    const story = stories.get(id) ?? {
      name: alertname,
      ...(stream === undefined ? {} : { stream }),
      transitions: [],
    };
    story.transitions = [...story.transitions, transition];
    if (transition === 'firing') story.firedAtMs ??= tsMs;
    stories.set(id, story);
  }
  return [...stories.values()];
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Whether an alert was pending, fired and resolved, in this order. */
export const isWholeStory = ({ transitions }: AlertStory): boolean => {
  const fired = transitions.indexOf('firing');
  return (
    transitions[0] === 'pending' && fired > 0 && transitions.indexOf('resolved', fired) > fired
  );
};
