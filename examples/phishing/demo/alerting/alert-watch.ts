import type { AlertService, ExemplarLink } from './alert-service.ts';
import { type AlertStory, isWholeStory } from './alert-story.ts';

/** The rules of `alerts.yaml`, and which inferences offend them. */
const OFFENDERS: Readonly<Record<string, (exemplar: ExemplarLink) => boolean>> = {
  InferenceSlow: ({ value, isFailure }) => !isFailure && value > 0.2,
  InferenceErrors: ({ isFailure }) => isFailure,
};

/** How long before it fired an alert looked at the requests that made it fire. */
const LOOK_BACK_MS = 8_000;
/** Exemplars travel with the next export. */
const LOOK_AHEAD_MS = 3_000;

/** An alert of this run with a request that was to blame. */
export interface AlertSeen extends AlertStory {
  /** Trace of an offending request, which the receiver of traces holds too. */
  readonly traceId?: string;
}

export interface AlertWatch {
  /** What alerts went through so far, each with its trace as soon as one is known. */
  read(): Promise<readonly AlertSeen[]>;
}

/**
 * Follows the alert service and links each alert that fires to the trace of an offending request,
 * while the receiver still holds that trace.
 */
export function watchAlerts(
  service: Pick<AlertService, 'stories' | 'exemplars'>,
  isKept: (traceId: string) => boolean,
): AlertWatch {
  const traceIds = new Map<string, string>();
  return {
    async read() {
      const stories = await service.stories();
      for (const { name, firedAtMs } of stories) {
        const isLinked = OFFENDERS[name] === undefined || traceIds.has(name);
        if (firedAtMs === undefined || isLinked) continue;
        const traceId = await offendingTrace(service, { name, firedAtMs, isKept });
        if (traceId !== undefined) traceIds.set(name, traceId);
      }
      return stories.map((story) => withTrace(story, traceIds.get(story.name)));
    },
  };
}

const withTrace = (story: AlertStory, traceId: string | undefined): AlertSeen =>
  traceId === undefined ? story : { ...story, traceId };

async function offendingTrace(
  service: Pick<AlertService, 'exemplars'>,
  alert: {
    readonly name: string;
    readonly firedAtMs: number;
    readonly isKept: (traceId: string) => boolean;
  },
): Promise<string | undefined> {
  const { name, firedAtMs, isKept } = alert;
  const offends = OFFENDERS[name] ?? (() => false);
  const links = await service.exemplars(firedAtMs - LOOK_BACK_MS, firedAtMs + LOOK_AHEAD_MS);
  return links.findLast((link) => offends(link) && isKept(link.traceId))?.traceId;
}

/** What is missing for every alert of the demo to have lived its whole life. */
export function alertProblems(alerts: readonly AlertSeen[]): readonly string[] {
  return Object.keys(OFFENDERS).flatMap((name) => {
    const seen = alerts.find((alert) => alert.name === name);
    if (seen === undefined) return [`alert ${name} was never pending`];
    const steps = seen.transitions.join(', ');
    if (!isWholeStory(seen)) {
      return [`alert ${name} was ${steps}, expected pending, firing and resolved`];
    }
    return seen.traceId === undefined ? [`alert ${name} has no trace of an offending request`] : [];
  });
}
