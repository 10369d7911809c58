import type { ModelPerformance, StreamStatus } from '@telltale/instrumentation-drift';

import { explanations } from './explain.ts';
import { inColumns, printable, shortNumber } from './text.ts';

const HEAD = ['STATE', 'STREAM', 'MODEL', 'EVIDENCE', 'EFFECT', 'WINDOW', 'BASELINE'];
const COLORS: Readonly<Record<string, string>> = {
  learning: '\u001B[36m',
  stable: '\u001B[32m',
  warning: '\u001B[33m',
  drift: '\u001B[31m',
  alert: '\u001B[31;1m',
};
const PLAIN = '\u001B[0m';
const ID_LENGTH = 12;

/** What a running process answers about all streams. */
export interface AllStreams {
  readonly streams: readonly StreamStatus[];
  readonly performance?: readonly ModelPerformance[];
  readonly overflowed?: number;
}

/** The streams as a table, and what is known of how well their models do. */
export function streamTable(
  { streams, performance = [], overflowed = 0 }: AllStreams,
  { isColored, nowMs }: { readonly isColored: boolean; readonly nowMs: number },
): string {
  const rows = streams.map(rowOf);
  const [head = '', ...lines] = inColumns([HEAD, ...rows]).split('\n');
  const painted = lines.map((line, index) => {
    const state = streams[index]?.state ?? '';
    return isColored ? line.replace(state, `${COLORS[state] ?? ''}${state}${PLAIN}`) : line;
  });
  const notes = [
    ...explanations(streams, nowMs).map(printable),
    ...performance.map(performanceLine),
    ...(overflowed > 0
      ? [`${overflowed} requests for streams beyond the limit share one; raise drift.streams_max`]
      : []),
  ];
  return [head, ...painted, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function rowOf(status: StreamStatus): readonly string[] {
  const { stream, state, aspect, evidence, threshold, windowN, acknowledged } = status;
  const { name, direction, segment, model, version } = stream;
  const where = segment === undefined ? direction : `${direction}, ${segment}`;
  return [
    acknowledged === null ? state : printable(`${state}, seen by ${acknowledged.by}`),
    printable(`${name} (${where})`),
    printable(`${model} ${version}`.trim()),
    threshold === null
      ? shortNumber(evidence)
      : `${shortNumber(evidence)} of ${shortNumber(threshold)}`,
    effectOf(status, aspect),
    String(windowN),
    baselineOf(status),
  ];
}

function effectOf({ aspects }: StreamStatus, aspect: string | null): string {
  const worst = aspects.find((one) => one.aspect === aspect);
  return worst === undefined ? '-' : `${shortNumber(worst.distance)} ${worst.aspect}`;
}

function baselineOf({ baseline, learning }: StreamStatus): string {
  if (baseline !== null) {
    const { n, source, id, quality } = baseline;
    const doubt = quality === 'ok' ? '' : ` ${quality}`;
    return `${n} ${source} ${id.slice(0, ID_LENGTH)}${doubt}`;
  }
  return learning === null ? '-' : `${learning.collected} collected`;
}

function performanceLine({ model, version, estimated, realised, gap }: ModelPerformance): string {
  const error = estimated.find(({ metric }) => metric === 'mean_absolute_error');
  if (error !== undefined) {
    const value = `${shortNumber(error.value)} estimated (${error.method})`;
    return printable(`${`${model} ${version}`.trim()}: mean absolute error ${value}`);
  }
  const accuracy = estimated.find(({ metric }) => metric === 'accuracy');
  const promised =
    accuracy === undefined
      ? 'not estimated'
      : `${accuracy.value.toFixed(3)} estimated (${accuracy.method})`;
  const known =
    realised === null ? '' : `, ${realised.accuracy.toFixed(3)} over ${realised.labelled} labels`;
  const verdict = gap?.isConceptDrift === true ? ': concept drift' : '';
  return printable(`${`${model} ${version}`.trim()}: accuracy ${promised}${known}${verdict}`);
}
