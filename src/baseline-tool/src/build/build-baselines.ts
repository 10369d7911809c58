import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';

import {
  baselineId,
  type KnownValues,
  type StreamKey,
  serializeBaseline,
} from '@telltale/statistics';

import type { CellRules } from '../cells/cell-rules.ts';
import { lookOfColumn } from '../cells/column-look.ts';
import type { TableFormat } from '../table/read-table.ts';
import { TableError } from '../table/table-error.ts';
import { baselinePaths, writeWhole } from './baseline-place.ts';
import { type ColumnBaseline, columnBaseline } from './column-baseline.ts';
import { type ColumnChoice, ColumnError, type PlannedColumn } from './column-plan.ts';
import { readLabels } from './labels.ts';
import { type ColumnSample, readSample } from './read-sample.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : cause.message;
}

export interface BaselineBuildOptions extends ColumnChoice {
  readonly file: string;
  readonly model: string;
  /** Empty: any version of the model. */
  readonly version: string;
  readonly segment?: string;
  /** Text of the positive class in the label column. */
  readonly positive?: string;
  readonly declaredRange?: readonly [number, number];
  /** A folder, or a `.json` file for one column. */
  readonly out: string;
  readonly separator?: string | undefined;
  readonly format?: TableFormat | undefined;
  readonly rules: CellRules;
  readonly season?: string;
  readonly rows: number;
  readonly isShuffled: boolean;
  readonly arePercentiles: boolean;
  readonly seed: number;
  readonly isJson: boolean;
  readonly nowMs: number;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What became of one column. */
interface BuiltColumn {
  readonly column: string;
  readonly stream: string;
  readonly path: string;
  readonly id?: string;
  readonly kind?: string;
  readonly n?: number;
  readonly missing?: number;
  readonly invalid?: number;
  readonly thin?: number;
  readonly quality?: string;
  readonly newestHalf?: boolean;
  /** What predictions cost was learned from targets. */
  readonly hasLoss?: boolean;
  readonly gate?: string;
  readonly calibration?: {
    readonly before: number;
    readonly after: number;
    readonly kept: boolean;
  };
  readonly note?: string;
  readonly error?: string;
}

export interface CommandResult {
  readonly output: string;
  /** For standard error. */
  readonly warnings: readonly string[];
  readonly exitCode: number;
}

/** Makes baseline files out of a table. Exit code 1 when one of them could not be made. */
export async function buildBaselines(options: BaselineBuildOptions): Promise<CommandResult> {
  try {
    return await build(options);
  } catch (cause) {
    return { output: '', warnings: [problemOf(cause, options.file)], exitCode: 1 };
  }
}

async function build(options: BaselineBuildOptions): Promise<CommandResult> {
  const { onProgress } = options;
  const { size } = await stat(options.file);
  const sample = await readSample(options.file, {
    ...options,
    rowsMax: options.rows,
    ...(onProgress === undefined || size === 0
      ? {}
      : { onProgress: (bytes: number) => onProgress(bytes / size) }),
  });
  const keys = sample.planned.map((planned) => keyOf(planned, options));
  const paths = baselinePaths(options.out, keys);
  if (paths === undefined) {
    const found = `${keys.length} columns are chosen`;
    throw new ColumnError(
      `Cannot write several baselines into "${options.out}": ${found}; name a folder`,
    );
  }
  const labels =
    options.label === undefined
      ? undefined
      : readLabels(sample.cells(options.label), options.positive);
  const targets = options.label === undefined ? undefined : sample.cells(options.label);
  const built = sample.planned.map((planned, index) =>
    buildColumn(sample, planned, {
      options,
      key: keys[index] ?? keyOf(planned, options),
      path: paths[index] ?? options.out,
      labels: planned.column === options.score ? labels : undefined,
      targets: planned.column === options.score ? targets : undefined,
    }),
  );
  return resultOf(built, sample, options);
}

function keyOf(
  { stream, direction }: PlannedColumn,
  { model, version, segment, season }: BaselineBuildOptions,
): StreamKey {
  return {
    model,
    version,
    name: stream,
    direction,
    ...(segment === undefined ? {} : { segment }),
    ...(season === undefined ? {} : { season }),
  };
}

interface ColumnPlace {
  readonly options: BaselineBuildOptions;
  readonly key: StreamKey;
  readonly path: string;
  readonly labels: readonly (0 | 1 | undefined)[] | undefined;
  /** The same cells as they are, for a regression. */
  readonly targets: readonly string[] | undefined;
}

function buildColumn(
  sample: ColumnSample,
  planned: PlannedColumn,
  { options, key, path, labels, targets }: ColumnPlace,
): BuiltColumn {
  const { column, stream } = planned;
  const { nowMs: createdMs, seed, isShuffled, arePercentiles } = options;
  try {
    const declared = declaredRange(options);
    const cells = sample.cells(column);
    const look = lookOfColumn(cells, sample.rawCells(column));
    if (look.problem !== undefined && planned.kind === undefined) {
      throw new ColumnError(look.problem);
    }
    const kind = planned.kind ?? (look.isCode ? 'categorical' : undefined);
    const made = columnBaseline(
      cells,
      { ...planned, kind },
      {
        key,
        createdMs,
        seed,
        isShuffled,
        arePercentiles,
        declared,
        labels,
        targets,
      },
    );
    if (made === undefined) throw new ColumnError('no value in it can be used');
    writeWhole(path, serializeBaseline(made.baseline, sha256));
    const note = look.note === undefined ? {} : { note: look.note };
    return { column, stream, path, ...describe(made), ...note };
  } catch (cause) {
    return { column, stream, path, error: reasonOf(cause) };
  }
}

const declaredRange = ({ declaredRange: range }: BaselineBuildOptions): KnownValues | undefined =>
  range === undefined ? undefined : { kind: 'range', min: range[0], max: range[1] };

function describe({
  baseline,
  gate,
  isNewestHalf,
  calibration,
}: ColumnBaseline): Partial<BuiltColumn> {
  const { missing } = baseline;
  return {
    ...(baseline.loss === undefined ? {} : { hasLoss: true }),
    id: baselineId(baseline, sha256).slice(0, 12),
    kind: baseline.kind,
    n: baseline.size,
    missing: missing.nulls,
    invalid: missing.invalid,
    thin: baseline.thin,
    quality: baseline.quality,
    newestHalf: isNewestHalf,
    ...(gate === undefined ? {} : { gate }),
    ...(calibration === undefined
      ? {}
      : {
          calibration: {
            before: calibration.errorBefore,
            after: calibration.errorAfter,
            kept: calibration.knots !== undefined,
          },
        }),
  };
}

function resultOf(
  built: readonly BuiltColumn[],
  { rowsRead, notes }: ColumnSample,
  options: BaselineBuildOptions,
): CommandResult {
  const exitCode = built.some(({ error }) => error !== undefined) ? 1 : 0;
  const warnings = [
    ...notes.map((note) => `${options.file}: ${note}`),
    ...built.flatMap(warningOf),
    ...labelWarning(built, options),
  ];
  const output = options.isJson
    ? JSON.stringify({ rows: rowsRead, baselines: built })
    : built
        .filter(({ error }) => error === undefined)
        .map(lineOf)
        .join('\n');
  return { output, warnings, exitCode };
}

function lineOf(column: BuiltColumn): string {
  const { stream, kind, n = 0, missing = 0, invalid = 0, thin = 1, id, path, calibration } = column;
  const parts = [
    `${kind}, ${n} values`,
    ...(missing > 0 ? [`${missing} empty`] : []),
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
    ...(thin > 1 ? [`every ${thin}th is independent`] : []),
    ...(column.newestHalf === true ? [halfOf(column)] : []),
    column.quality ?? '',
  ];
  const lines = [`${stream}: ${parts.join(', ')}`, `  ${path} ${id}`];
  if (calibration !== undefined) {
    const { before, after, kept } = calibration;
    const change = `${before.toFixed(4)} -> ${after.toFixed(4)}`;
    lines.push(`  calibration error ${change} on held-out rows, ${kept ? 'kept' : 'not kept'}`);
  }
  return lines.join('\n');
}

const halfOf = ({ gate }: BuiltColumn): string =>
  gate === undefined ? 'the newest half, as the rows before differ' : 'the newest half';

const GATE_SENTENCES: Readonly<Record<string, string>> = {
  mostly_missing: 'most cells are empty or invalid',
  too_few: 'fewer than 200 independent values are left',
  halves_differ: 'the two halves of the rows differ',
  keeps_changing: 'the values keep changing from row to row',
  missing_too_few: 'too few rows to know in what bursts values are missing',
  missing_changes: 'the two halves have different shares of empty cells',
};

function warningOf({ column, gate, error, note }: BuiltColumn): readonly string[] {
  const notes = note === undefined ? [] : [`"${column}" ${note}`];
  if (error !== undefined) return [`Cannot make a baseline of column "${column}": ${error}`];
  if (gate === undefined) return notes;
  const isOrder = gate !== 'mostly_missing';
  const advice = isOrder ? '; if the rows are in no order of time, add --shuffle' : '';
  const reason = GATE_SENTENCES[gate] ?? gate;
  return [
    ...notes,
    `"${column}" is unstable: ${reason}. Its streams will not go beyond warning${advice}`,
  ];
}

function labelWarning(
  built: readonly BuiltColumn[],
  { label, score }: BaselineBuildOptions,
): readonly string[] {
  if (label === undefined) return [];
  if (score === undefined) return ['Cannot calibrate without a score: add --score <column>'];
  const scored = built.find(({ column }) => column === score);
  if (scored === undefined) return [`Cannot calibrate: "${score}" is not among the columns`];
  if (scored.calibration !== undefined || scored.error !== undefined) return [];
  if (scored.kind === 'numeric') {
    return scored.hasLoss === true
      ? []
      : [`Cannot learn errors of "${score}": expected 100 rows with a number in both columns`];
  }
  return [
    `Cannot calibrate "${score}": expected 50 labels of each class, 0 and 1 or by --positive`,
  ];
}

function problemOf(cause: unknown, file: string): string {
  if (cause instanceof TableError) return `${file}:${cause.line}:${cause.column} ${cause.message}`;
  if (cause instanceof ColumnError) return `${file}:1:1 ${cause.message}`;
  return `Cannot read "${file}": ${reasonOf(cause)}`;
}
