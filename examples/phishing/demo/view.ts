import type { Shift } from '../shift.ts';
import type { Fault } from './alerting/fault-schedule.ts';
import type { DriftSummary } from './drift/drift-verdict.ts';
import { gpuText } from './gpu/gpu-readings.ts';
import type { Quantiles, Snapshot } from './measurements.ts';
import type { Paint } from './paint.ts';
import { profileLines } from './profile/service-profile.ts';
import { traceTree } from './trace-tree.ts';
import type { Summary } from './verdict.ts';

const BAR_WIDTH = 24;
/** What a trace shows of each span; a span has more. */
const TREE_ATTRIBUTES = [
  'http.response.status_code',
  'ml.model.name',
  'ml.model.version',
  'ml.inference.batch.size',
  'ml.inference.queue.duration',
  'ml.inference.compute.duration',
  'ml.inference.inputs',
  'ml.inference.outputs',
  'ml.runtime.providers',
  'error.type',
];

/** What does not change during a run. */
export interface Setting {
  readonly appUrl: string;
  readonly metricsUrl: string;
  readonly heldOutAccuracy: number;
  /** `undefined`: until Ctrl-C. */
  readonly forMs: number | undefined;
}

/** The whole screen, one string a line. */
export function renderScreen(setting: Setting, now: Snapshot, paint: Paint): string[] {
  const field = (name: string, text: string): string => `  ${paint.faint(name.padEnd(12))}${text}`;
  const { load, spans } = now;
  return [
    `${paint.strong('Telltale demo')}  ${describeTime(setting, now)}`,
    '',
    field('service', `node --require telltale/register app.ts  ${setting.appUrl}`),
    field('metrics', setting.metricsUrl),
    field(
      'requests',
      `${now.requestsPerSecond.toFixed(0)}/s  ${load.answered} answered  ` +
        `${load.failed + load.skipped} failed  ${quantileText(now.requestMs)}`,
    ),
    field('inference', `${now.durationCount} runs  ${quantileText(now.inferenceMs)}`),
    field('  queue', quantileText(now.queueMs)),
    field('  compute', quantileText(now.computeMs)),
    ...outcomeLines(now).map((line, index) => field(index === 0 ? 'predictions' : '', line)),
    field('accuracy', accuracyText(setting, now)),
    field('feedback', feedbackText(now)),
    ...now.gpus.map((gpu) => field('gpu', gpuText(gpu))),
    field('cache', `${shareText(now.cacheHitRate)} of single pages answered from it`),
    field('run queue', `${now.runQueue.waiting} waiting  ${quantileText(now.runQueue.waitMs)}`),
    ...alertLines(now, paint).map((line, index) => field(index === 0 ? 'alerts' : '', line)),
    ...driftLines(now, paint).map((line, index) => field(index === 0 ? 'drift' : '', line)),
    field('health', now.healthy ? 'all components up' : paint.bad('not all components are up')),
    field(
      'spans',
      `${spans.total} kept: ${spans.http} HTTP, ${spans.infer} inference  ` +
        droppedText(now.losses, paint),
    ),
    '',
    ...traceLines(now, paint),
  ];
}

/** One line of progress, for output that is not a terminal. */
export function renderLine(now: Snapshot): string {
  const { load, spans } = now;
  const accuracy = load.rows === 0 ? '-' : (load.correct / load.rows).toFixed(3);
  const outcomes = Object.entries(now.predictions).map(([name, count]) => `${name} ${count}`);
  return [
    `${Math.round(now.elapsedMs / 1000)}s`,
    `${now.requestsPerSecond.toFixed(0)}/s`,
    `inferences ${now.durationCount}`,
    quantileText(now.inferenceMs),
    ...outcomes,
    `accuracy ${accuracy}`,
    `labels ${now.feedback.matched}`,
    `cache ${shareText(now.cacheHitRate)}`,
    ...now.gpus.map(({ name, watts }) => `${name} ${watts?.toFixed(0) ?? '-'} W`),
    `spans ${spans.total}`,
    `dropped ${now.losses}`,
    ...(now.fault === 'none' ? [] : [`fault ${now.fault}`]),
    ...(now.shift.kind === 'none' ? [] : [shiftText(now.shift)]),
    driftText(now),
    ...now.alerts.map(
      ({ name, stream, transitions }) => `${alertName({ name, stream })} ${transitions.at(-1)}`,
    ),
  ].join('  ');
}

/** The result of a run: what holds, or what does not. */
export function renderSummary(summary: Summary, paint: Paint): string[] {
  const profile = summary.profile === undefined ? [] : profileLines(summary.profile);
  if (summary.problems.length > 0) {
    const problems = summary.problems.map((text) => `  ${text}`);
    return [...profile, paint.bad('The demo does not hold:'), ...problems];
  }
  const { inferences, durationCount, accuracy, drift, skew, feedback, logLines } = summary;
  const lines = Object.values(logLines).reduce((sum, count) => sum + count, 0);
  return [
    paint.good(
      `${inferences} inferences, each a span under its HTTP span; duration count ${durationCount}, ` +
        `accuracy ${accuracy.toFixed(3)}, nothing dropped`,
    ),
    paint.good(
      `${feedback.matched} labels came back late and say the same; ${lines} whole lines in the log`,
    ),
    ...(drift === undefined ? [] : [paint.good(driftResult(drift))]),
    ...messageResult(summary, paint),
    ...profile,
    ...(skew === undefined ? [] : [paint.good(`${skew.what}: told, measured and alerted`)]),
  ];
}

function messageResult({ notifications }: Summary, paint: Paint): string[] {
  const { sent, channels, folder } = notifications;
  if (sent === 0) return [];
  return [paint.good(`${sent} messages by ${channels.join(', ')}, kept in ${folder}`)];
}

function driftResult({ filtered, broken, drifted, recovered }: DriftSummary): string {
  const parts = [filtered, broken].map(
    ({ what, delayPredictions }) => `${what}: found after ${delayPredictions ?? '-'} predictions`,
  );
  return `${parts.join('; ')}; ${recovered} of ${drifted} drifted features recovered`;
}

const ALERT_WIDTH_MIN = 16;

const FAULT_TEXT: Readonly<Record<Fault, string>> = {
  none: '',
  slow: '  the model is slow on purpose',
  errors: '  the model fails on purpose',
};

/** Each alert with what it went through and a trace to look at. */
function alertLines({ alerts, fault }: Snapshot, paint: Paint): string[] {
  if (alerts.length === 0) return [`none${FAULT_TEXT[fault]}`];
  const width = Math.max(ALERT_WIDTH_MIN, ...alerts.map((alert) => alertName(alert).length + 1));
  return alerts.map(({ name, stream, transitions, traceId }, index) => {
    const steps = transitions.join(' > ');
    const isFiring = transitions.at(-1) === 'firing';
    const trace = traceId === undefined ? '' : `  trace ${traceId}`;
    const why = index === alerts.length - 1 ? FAULT_TEXT[fault] : '';
    return `${alertName({ name, stream }).padEnd(width)}${isFiring ? paint.bad(steps) : steps}${trace}${why}`;
  });
}

interface Named {
  readonly name: string;
  readonly stream?: string | undefined;
}

const alertName = ({ name, stream }: Named): string =>
  stream === undefined ? name : `${name} of ${stream}`;

const DRIFTED = ['drift', 'alert'];
const STREAMS_SHOWN_MAX = 4;

/** How many streams are in which state, then those that moved most. */
function driftLines(now: Snapshot, paint: Paint): string[] {
  const moved = now.streams
    .filter(({ state }) => DRIFTED.includes(state))
    .toSorted((a, b) => (b.distance ?? 0) - (a.distance ?? 0))
    .slice(0, STREAMS_SHOWN_MAX)
    .map(
      ({ direction, name, distance, state }) =>
        `${direction.padEnd(7)}${name.padEnd(28)}${paint.bad(state.padEnd(6))} moved by ${(distance ?? 0).toFixed(2)}`,
    );
  return [`${driftText(now)}${shiftNote(now.shift)}`, ...moved];
}

function driftText({ streams }: Snapshot): string {
  const counts = new Map<string, number>();
  for (const { state } of streams) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`);
  return states.length === 0 ? 'no streams yet' : `streams ${states.join(', ')}`;
}

const shiftNote = (shift: Shift): string =>
  shift.kind === 'none' ? '' : `  on purpose: ${shiftText(shift)}`;

const shiftText = (shift: Shift): string => {
  if (shift.kind === 'none') return '';
  const { kind, feature, value } = shift;
  return kind === 'filtered'
    ? `only pages with ${feature} ${value}`
    : `${feature} is always ${value}`;
};

/** The last trace as a tree, headed by its id. */
export function traceLines({ trace }: Snapshot, paint: Paint): string[] {
  const [first] = trace;
  if (first === undefined) return [paint.faint('  no trace yet')];
  const tree = traceTree(trace, TREE_ATTRIBUTES);
  return [
    `  ${paint.faint('trace')}       ${first.traceId}`,
    ...tree.map(({ kind, text }) => `  ${kind === 'span' ? text : paint.faint(text)}`),
  ];
}

function describeTime({ forMs }: Setting, { elapsedMs, isOver }: Snapshot): string {
  const elapsed = `${Math.round(elapsedMs / 1000)} s`;
  if (isOver) return elapsed;
  return forMs === undefined ? `${elapsed}, Ctrl-C ends it` : `${elapsed} of ${forMs / 1000} s`;
}

function quantileText({ p50, p95, p99 }: Quantiles): string {
  const text = (value: number | undefined): string =>
    value === undefined ? '-' : `${value.toFixed(2)} ms`;
  return `p50 ${text(p50)}  p95 ${text(p95)}  p99 ${text(p99)}`;
}

function outcomeLines({ predictions }: Snapshot): string[] {
  const outcomes = Object.entries(predictions).sort(([a], [b]) => a.localeCompare(b));
  const most = Math.max(...outcomes.map(([, count]) => count), 1);
  if (outcomes.length === 0) return ['none yet'];
  return outcomes.map(([name, count]) => {
    const bar = '█'.repeat(Math.round((count / most) * BAR_WIDTH));
    return `${name.padEnd(11)} ${String(count).padStart(6)}  ${bar}`;
  });
}

function accuracyText(setting: Setting, { load }: Snapshot): string {
  const accuracy = load.rows === 0 ? '-' : (load.correct / load.rows).toFixed(3);
  const heldOut = setting.heldOutAccuracy.toFixed(3);
  return `${accuracy} of ${load.rows} rows with a known label  (${heldOut} after training)`;
}

function feedbackText({ feedback, load }: Snapshot): string {
  const { matched, accuracy, falsePositives } = feedback;
  const share = accuracy === undefined ? '-' : accuracy.toFixed(3);
  const late = load.rows - matched;
  return `${matched} labels came back, ${late} to come  accuracy ${share}  ${falsePositives} false positives`;
}

const shareText = (share: number | undefined): string =>
  share === undefined ? '-' : `${(share * 100).toFixed(0)} %`;

function droppedText(losses: number, paint: Paint): string {
  return losses === 0 ? 'none dropped' : paint.bad(`${losses} dropped`);
}
