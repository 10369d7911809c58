import type { ModelPerformance, StreamStatus } from '@telltale/instrumentation-drift';

import { inColumns } from '../columns.ts';
import { explanations } from './explain.ts';
import { cellText, shortNumber, wrapped } from './text.ts';

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

export interface TableLook {
  readonly isColored: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly nowMs: number;
}

/** The streams as a table, and what is known of how well their models do. */
export function streamTable(
  { streams, performance = [], overflowed = 0 }: AllStreams,
  { isColored, width, nowMs }: TableLook,
): string {
  const [head = '', ...lines] = fitting(streams, width).split('\n');
  const painted = lines.map((line, index) => {
    const state = streams[index]?.state ?? '';
    return isColored ? line.replace(state, `${COLORS[state] ?? ''}${state}${PLAIN}`) : line;
  });
  const notes = [
    ...explanations(streams, nowMs).map(cellText),
    ...performance.map(performanceLine),
    ...(overflowed > 0
      ? [`${overflowed} requests for streams beyond the limit share one; raise drift.streams_max`]
      : []),
  ];
  return [head, ...painted, ...(notes.length > 0 ? ['', wrapped(notes, width)] : [])].join('\n');
}

/** What a narrow terminal does without, the least needed first; `--json` has it all. */
const FORMS: readonly { readonly idLength: number; readonly dropped: readonly string[] }[] = [
  { idLength: ID_LENGTH, dropped: [] },
  { idLength: 0, dropped: [] },
  { idLength: 0, dropped: ['WINDOW'] },
  { idLength: 0, dropped: ['WINDOW', 'BASELINE'] },
];

function fitting(streams: readonly StreamStatus[], width: number): string {
  let table = '';
  for (const { idLength, dropped } of FORMS) {
    const rows = [HEAD, ...streams.map((status) => rowOf(status, idLength))];
    const isKept = (_: string, column: number): boolean => !dropped.includes(HEAD[column] ?? '');
    table = inColumns(rows.map((row) => row.filter(isKept)));
    if (table.split('\n').every(({ length }) => length <= width)) break;
  }
  return table;
}

function rowOf(status: StreamStatus, idLength: number): readonly string[] {
  const { stream, state, aspect, evidence, threshold, windowN, acknowledged } = status;
  const { name, direction, segment, model, version } = stream;
  const where = segment === undefined ? direction : `${direction}, ${segment}`;
  return [
    acknowledged === null ? state : cellText(`${state}, seen by ${acknowledged.by}`),
    cellText(`${name} (${where})`),
    cellText(`${model} ${version}`.trim()),
    threshold === null
      ? shortNumber(evidence)
      : `${shortNumber(evidence)} of ${shortNumber(threshold)}`,
    effectOf(status, aspect),
    String(windowN),
    baselineOf(status, idLength),
  ];
}

function effectOf({ aspects }: StreamStatus, aspect: string | null): string {
  const worst = aspects.find((one) => one.aspect === aspect);
  return worst === undefined ? '-' : `${shortNumber(worst.distance)} ${worst.aspect}`;
}

function baselineOf({ baseline, learning }: StreamStatus, idLength: number): string {
  if (baseline !== null) {
    const { n, source, id, quality } = baseline;
    const doubt = quality === 'ok' ? '' : ` ${quality}`;
    const named = idLength === 0 ? '' : ` ${id.slice(0, idLength)}`;
    return `${n} ${source}${named}${doubt}`;
  }
  return learning === null ? '-' : `${learning.collected} collected`;
}

function performanceLine({ model, version, estimated, realised, gap }: ModelPerformance): string {
  const error = estimated.find(({ metric }) => metric === 'mean_absolute_error');
  if (error !== undefined) {
    const value = `${shortNumber(error.value)} estimated (${error.method})`;
    return cellText(`${`${model} ${version}`.trim()}: mean absolute error ${value}`);
  }
  const accuracy = estimated.find(({ metric }) => metric === 'accuracy');
  const promised =
    accuracy === undefined
      ? 'not estimated'
      : `${accuracy.value.toFixed(3)} estimated (${accuracy.method})`;
  const known =
    realised === null ? '' : `, ${realised.accuracy.toFixed(3)} over ${realised.labelled} labels`;
  const verdict = gap?.isConceptDrift === true ? ': concept drift' : '';
  return cellText(`${`${model} ${version}`.trim()}: accuracy ${promised}${known}${verdict}`);
}
