import type { StreamDirection, StreamKind } from '@telltale/statistics';

/** What the user says about the columns of a table. */
export interface ColumnChoice {
  /** `column` or `column=stream`; without any every column but the label is meant. */
  readonly columns?: readonly string[];
  readonly kind?: StreamKind;
  readonly direction?: StreamDirection;
  /** Column with the score that `label` belongs to. */
  readonly score?: string;
  /** Column with the truth. */
  readonly label?: string;
}

/** A column and the stream that it is the baseline of. */
export interface PlannedColumn {
  readonly column: string;
  readonly stream: string;
  readonly direction: StreamDirection;
  /** Absent where the cells tell it. */
  readonly kind: StreamKind | undefined;
}

/** A choice that the header of the table does not allow. */
export class ColumnError extends Error {}

/**
 * Which columns become which streams. The score is an output and a `score` unless said otherwise;
 * everything else is an input.
 *
 * @throws {ColumnError} for names that the header does not have
 */
export function planColumns(
  header: readonly string[],
  choice: ColumnChoice,
): readonly PlannedColumn[] {
  for (const name of [choice.score, choice.label]) {
    if (name !== undefined) requireColumn(header, name);
  }
  const given = choice.columns ?? header.filter((name) => name !== choice.label);
  const planned = given.map((text) => planColumn(header, text, choice));
  const streams = planned.map(({ stream }) => stream);
  const twice = streams.find((stream, index) => streams.indexOf(stream) !== index);
  if (twice !== undefined) {
    throw new ColumnError(`Cannot make two baselines of one stream: "${twice}" is named twice`);
  }
  return planned;
}

function planColumn(
  header: readonly string[],
  text: string,
  { kind, direction, score, label }: ColumnChoice,
): PlannedColumn {
  const at = header.includes(text) ? -1 : text.indexOf('=');
  const column = at < 0 ? text : text.slice(0, at);
  const stream = at < 0 ? text : text.slice(at + 1);
  requireColumn(header, column);
  if (stream === '')
    throw new ColumnError(
      `Cannot name the stream of column "${column}": expected a name after "="`,
    );
  const isScore = column === score && label !== undefined;
  return {
    column,
    stream,
    direction: direction ?? (isScore ? 'output' : 'input'),
    kind: kind ?? (isScore ? 'score' : undefined),
  };
}

function requireColumn(header: readonly string[], name: string): void {
  if (header.includes(name)) return;
  const shown = header.slice(0, 20).join(', ');
  throw new ColumnError(`Cannot find column "${name}": the header has ${shown}`);
}
