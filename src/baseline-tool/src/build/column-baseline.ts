import {
  type Baseline,
  buildBaseline,
  type CalibrationFit,
  collectColumn,
  collectPercentiles,
  columnKind,
  fitCalibration,
  fitLoss,
  type GateFailure,
  homogeneousBlock,
  type KnownValues,
  numberOfCell,
  SeededRandom,
  type StreamKey,
  shuffled,
} from '@telltale/statistics';

import type { PlannedColumn } from './column-plan.ts';

export interface ColumnBaselineOptions {
  readonly key: StreamKey;
  readonly createdMs: number;
  readonly seed: number;
  /** The rows are in no order of time. */
  readonly isShuffled: boolean;
  /** The cells are values at k/1000 of a distribution. */
  readonly arePercentiles: boolean;
  readonly declared: KnownValues | undefined;
  /** The truth of each row, 1 or 0; `undefined` where it is not known. */
  readonly labels: readonly (0 | 1 | undefined)[] | undefined;
  /** The true number of each row, for a regression. */
  readonly targets: readonly string[] | undefined;
}

/** A baseline made of a column, and what there is to say about it. */
export interface ColumnBaseline {
  readonly baseline: Baseline;
  readonly gate: GateFailure | undefined;
  /** Whether only the newest half was taken, because the rows before it differ. */
  readonly isNewestHalf: boolean;
  /** Present where the column has labels, enough of each class. */
  readonly calibration: CalibrationFit | undefined;
}

const INDEPENDENT = { thin: 1, designEffect: 1 };

/**
 * Makes the baseline of one column.
 *
 * @returns `undefined` without a single usable value
 * @throws {RangeError} when percentiles do not ascend
 */
export function columnBaseline(
  cells: readonly string[],
  { kind: given }: PlannedColumn,
  options: ColumnBaselineOptions,
): ColumnBaseline | undefined {
  const random = new SeededRandom(options.seed);
  const kind = given ?? columnKind(cells);
  const isTimeless = options.isShuffled || options.arePercentiles;
  const ordered = options.isShuffled ? shuffled(cells, random) : cells;
  const collected =
    options.arePercentiles && kind !== 'categorical'
      ? collectPercentiles(numbersOf(cells), kind, random)
      : collectColumn(ordered, kind);
  if (collected.values.length === 0) return undefined;
  const { block, missingDependence, ...gate } = homogeneousBlock(collected, random);
  const failure = gate.failure ?? gate.missingFailure;
  const usable = block.values.length === 0 ? collected : block;
  const calibration = calibrationOf(cells, kind, options);
  const baseline = buildBaseline(usable, {
    key: options.key,
    source: 'training',
    createdMs: options.createdMs,
    thinning: 'auto',
    quality: qualityOf(gate.failure),
    random,
    declared: options.declared,
    missingQuality: qualityOf(gate.missingFailure),
    missingDependence: isTimeless ? INDEPENDENT : missingDependence,
    dependence: isTimeless ? INDEPENDENT : undefined,
    calibration: calibration?.knots,
    ...lossOf(cells, kind, options),
  });
  const isNewestHalf = usable.outcomes.length < collected.outcomes.length;
  return { baseline, gate: failure, isNewestHalf, calibration };
}

const qualityOf = (failure: GateFailure | undefined): Baseline['quality'] =>
  failure === undefined ? 'ok' : 'unstable';

const numbersOf = (cells: readonly string[]): readonly number[] =>
  cells.map(numberOfCell).filter((value) => value !== undefined);

/** What predictions of a regression cost, from their targets. */
function lossOf(
  cells: readonly string[],
  kind: string,
  { targets }: ColumnBaselineOptions,
): Pick<Baseline, 'loss'> {
  if (targets === undefined || kind !== 'numeric') return {};
  const pairs = cells.flatMap((cell, row) => {
    const predicted = numberOfCell(cell);
    const target = numberOfCell(targets[row] ?? '');
    return predicted === undefined || target === undefined ? [] : [{ predicted, target }];
  });
  const loss = fitLoss(
    pairs.map(({ predicted }) => predicted),
    pairs.map(({ target }) => target),
  );
  return loss === undefined ? {} : { loss };
}

function calibrationOf(
  cells: readonly string[],
  kind: string,
  { labels, seed }: ColumnBaselineOptions,
): CalibrationFit | undefined {
  if (labels === undefined || (kind !== 'score' && kind !== 'confidence')) return undefined;
  const scores: number[] = [];
  const truths: number[] = [];
  for (const [row, cell] of cells.entries()) {
    const score = numberOfCell(cell);
    const truth = labels[row];
    if (score === undefined || truth === undefined || score < 0 || score > 1) continue;
    scores.push(score);
    truths.push(truth);
  }
  return fitCalibration(scores, truths, new SeededRandom(seed));
}
