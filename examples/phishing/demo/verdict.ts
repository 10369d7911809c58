import { type AlertSeen, alertProblems } from './alerting/alert-watch.ts';
import { type DriftSummary, driftProblems } from './drift/drift-verdict.ts';
import { type SkewSummary, skewProblems } from './drift/skew-story.ts';
import type { LogLines } from './log-lines.ts';
import type { Quantiles, Snapshot } from './measurements.ts';
import { messageProblems } from './messages/message-problems.ts';
import type { MessageCounts } from './messages/message-sinks.ts';
import type { FeedbackStatus } from './monitoring-status.ts';
import type { Scenario } from './options.ts';
import { profileProblems, type ServiceProfile } from './profile/service-profile.ts';

/** Asked of runs of 20 seconds and more: in a short one the start of the service weighs too much. */
const INFERENCES_PER_SECOND_MIN = 50;
const RATE_SECONDS_MIN = 20;
const ACCURACY_MIN = 0.87;

/** What only the end of a run shows. */
export interface Ending {
  /** How the service ended, such as `code 0`. */
  readonly appEnding: string;
  /** Count of the duration histogram in the last OTLP export, sent while the service ended. */
  readonly exportedDurationCount: number;
  /** Exemplars that the alert service holds. */
  readonly exemplars: number;
  /** How long requests were sent. */
  readonly seconds: number;
  /** Lines of the service's log, counted after it ended. */
  readonly logs: LogLines;
  readonly scenario: Scenario;
  /** What reached the sinks that stand in for Slack, Teams and a mail server. */
  readonly notifications: MessageCounts;
  /** The service recorded no predictions by itself, so labels know none by its id. */
  readonly isAutomatic: boolean;
  /** The run was long enough for everything that the scenario wants to show. */
  readonly isWholeStory: boolean;
  /** Present where one was asked for; an error where the service gave none. */
  readonly profile?: ServiceProfile | Error;
  /** Present in the drift scenario. */
  readonly drift?: DriftSummary;
  /** Present in the skew scenario. */
  readonly skew?: SkewSummary;
}

export type AlertSummary = Omit<AlertSeen, 'firedAtMs'>;

/** The object that `--json` prints; each number was measured in this run. */
export interface Summary {
  /** Requests for which the model ran: answers from the cache are none. */
  readonly inferences: number;
  /** Spans that reached the OTLP receiver. */
  readonly spans: number;
  readonly inferSpans: number;
  readonly httpSpans: number;
  /** Inference spans whose parent is the span of a request. */
  readonly nestedSpans: number;
  /** `ml_inference_duration_seconds_count`, read from the Prometheus page. */
  readonly durationCount: number;
  /** The same count as the last OTLP export carried it. */
  readonly exportedDurationCount: number;
  readonly exemplars: number;
  /** Share of answers equal to the true label. */
  readonly accuracy: number;
  /** Spans missing at the receiver plus Telltale's own loss counters. */
  readonly dropped: number;
  /** Requests without an answer, those never sent included. */
  readonly failed: number;
  /** Rows answered; a batch request carries several. */
  readonly rows: number;
  readonly predictions: Readonly<Record<string, number>>;
  /** What Telltale knows from labels that arrived seconds after the answers. */
  readonly feedback: FeedbackStatus;
  /** Share of single pages that were answered from the cache. */
  readonly cacheHitRate: number | undefined;
  /** Lines of the service's log by type of event. */
  readonly logLines: Readonly<Record<string, number>>;
  /** Every component was up at the end. */
  readonly healthy: boolean;
  /** Runs of the model that failed on purpose. */
  readonly faulted: number;
  /** What the alert service said, each alert with the trace of an offending request. */
  readonly alerts: readonly AlertSummary[];
  /** Messages to people, by which channels, and the folder that holds them. */
  readonly notifications: MessageCounts;
  /** Present where one was asked for and recorded. */
  readonly profile?: ServiceProfile;
  /** Present in the drift scenario. */
  readonly drift?: DriftSummary;
  /** Present in the skew scenario. */
  readonly skew?: SkewSummary;
  readonly inferenceMs: Quantiles;
  readonly requestMs: Quantiles;
  readonly seconds: number;
  /** Empty when everything holds. */
  readonly problems: readonly string[];
}

/** Holds what was measured against what the demo promises. */
export function judge(last: Snapshot, ending: Ending): Summary {
  const { load, spans } = last;
  const inferences = load.runs;
  const measured = {
    inferences,
    spans: spans.total,
    inferSpans: spans.infer,
    httpSpans: spans.http,
    nestedSpans: spans.nested,
    durationCount: last.durationCount,
    exportedDurationCount: ending.exportedDurationCount,
    exemplars: ending.exemplars,
    accuracy: load.rows === 0 ? 0 : load.correct / load.rows,
    dropped: last.losses + Math.max(0, inferences - spans.infer),
    failed: load.failed + load.skipped,
    rows: load.rows,
    predictions: last.predictions,
    feedback: last.feedback,
    cacheHitRate: last.cacheHitRate,
    logLines: ending.logs.byType,
    healthy: last.healthy,
    faulted: load.faulted,
    alerts: last.alerts.map(({ name, stream, transitions, traceId }) => ({
      name,
      ...(stream === undefined ? {} : { stream }),
      transitions,
      ...(traceId === undefined ? {} : { traceId }),
    })),
    notifications: ending.notifications,
    ...(ending.profile === undefined || ending.profile instanceof Error
      ? {}
      : { profile: ending.profile }),
    ...(ending.drift === undefined ? {} : { drift: ending.drift }),
    ...(ending.skew === undefined ? {} : { skew: ending.skew }),
    inferenceMs: last.inferenceMs,
    requestMs: last.requestMs,
    seconds: ending.seconds,
  };
  return { ...measured, problems: problems(measured, last, ending) };
}

function problems(measured: Omit<Summary, 'problems'>, last: Snapshot, ending: Ending): string[] {
  const { appEnding, exportedDurationCount, seconds } = ending;
  const { inferences, rows } = measured;
  const recorded = Object.values(measured.predictions).reduce((sum, count) => sum + count, 0);
  const inferencesMin = seconds < RATE_SECONDS_MIN ? 0 : INFERENCES_PER_SECOND_MIN * seconds;
  const failure = last.load.lastFailure === undefined ? '' : `: ${last.load.lastFailure}`;
  const promises: readonly Promised[] = [
    [
      inferences > inferencesMin,
      `${inferences} inferences, expected more than ${inferencesMin.toFixed(0)}`,
    ],
    [
      measured.inferSpans === inferences,
      `${measured.inferSpans} inference spans for ${inferences} inferences`,
    ],
    [
      measured.nestedSpans === inferences,
      `${measured.nestedSpans} inference spans under HTTP spans for ${inferences} inferences`,
    ],
    [
      measured.durationCount === inferences,
      `duration count ${measured.durationCount} on the Prometheus page for ${inferences} inferences`,
    ],
    [
      exportedDurationCount === inferences,
      `duration count ${exportedDurationCount} in the last export for ${inferences} inferences`,
    ],
    [recorded === rows, `${recorded} predictions recorded for ${rows} answers`],
    [
      measured.accuracy > ACCURACY_MIN,
      `accuracy ${measured.accuracy.toFixed(3)}, expected more than ${ACCURACY_MIN}`,
    ],
    ...(ending.isAutomatic ? [] : feedbackPromises(measured, last)),
    ...logPromises(rows, last, ending),
    [measured.healthy, 'a component of the service is not up'],
    [measured.dropped === 0, `${measured.dropped} dropped`],
    [measured.failed === 0, `${measured.failed} requests without an answer${failure}`],
    [last.sink.refused === 0, `${last.sink.refused} exports could not be read`],
    [appEnding === 'code 0', `the service ended with ${appEnding}`],
  ];
  const broken = promises.filter(([holds]) => !holds).map(([, problem]) => problem);
  return [...broken, ...profileProblems(ending.profile), ...storyProblems(last, ending)];
}

/** What the scenario promises; a run that was cut short promises nothing of it. */
function storyProblems({ alerts }: Snapshot, ending: Ending): readonly string[] {
  if (!ending.isWholeStory) return [];
  if (ending.scenario === 'alerts') {
    return [...alertProblems(alerts), ...messageProblems(ending.notifications)];
  }
  if (ending.skew !== undefined) return skewProblems(ending.skew);
  return ending.drift === undefined ? [] : driftProblems(ending.drift);
}

type Promised = readonly [boolean, string];

/** The truth comes back seconds later, and still must add up to the last answer. */
function feedbackPromises(
  { feedback, rows, accuracy }: Omit<Summary, 'problems'>,
  { load }: Snapshot,
): readonly Promised[] {
  const { matched, unmatched, falsePositives } = feedback;
  return [
    [
      matched === rows && unmatched === 0,
      `${matched} labels found their prediction and ${unmatched} did not, of ${rows} answers`,
    ],
    [
      rows === 0 || feedback.accuracy === accuracy,
      `accuracy ${feedback.accuracy} from feedback, ${accuracy} by the load generator`,
    ],
    [
      falsePositives === load.falsePositives,
      `${falsePositives} false positives from feedback, ${load.falsePositives} by the load generator`,
    ],
  ];
}

/** A line for each prediction and each label, and one for each request at least. */
function logPromises(rows: number, { load }: Snapshot, { logs }: Ending): readonly Promised[] {
  const { PREDICTION: predictions = 0, REQUEST: requests = 0 } = logs.byType;
  return [
    [logs.torn === 0, `${logs.torn} torn lines in the log`],
    [
      predictions === rows + load.labelled,
      `${predictions} lines of predictions and labels for ${rows} answers and ${load.labelled} labels`,
    ],
    [
      requests >= load.answered,
      `${requests} lines of requests for ${load.answered} answered requests`,
    ],
  ];
}
