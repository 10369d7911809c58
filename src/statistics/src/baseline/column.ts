import { type RandomSource, shuffled } from '../random.ts';
import {
  type Collected,
  OUTCOME_INVALID,
  OUTCOME_NULL,
  OUTCOME_OK,
  type StreamKind,
} from './baseline.ts';

/** Numbers with fewer distinct values are categories in disguise, here as in a running process. */
export const DISTINCT_NUMBERS_MIN = 20;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

/**
 * The number that a cell of a table holds.
 *
 * @returns `undefined` for what is no finite decimal number; `NaN` and `Infinity` are none
 */
export function numberOfCell(cell: string): number | undefined {
  const text = cell.trim();
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}

/**
 * What a column of cells most likely is. A number is never taken for a probability, as a share of
 * anything lies in [0, 1] too, so `score` and `confidence` have to be declared.
 *
 * @returns `numeric` when most filled cells are numbers, with enough different ones among them
 */
export function columnKind(cells: readonly string[]): 'numeric' | 'categorical' {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const numbers = filled.map(numberOfCell).filter((value) => value !== undefined);
  if (numbers.length * 2 <= filled.length) return 'categorical';
  return new Set(numbers).size < DISTINCT_NUMBERS_MIN ? 'categorical' : 'numeric';
}

/**
 * Reads a column of cells, in time order, as a stream of this kind would have seen them: an empty
 * cell is null, and a cell that is no number, or no share where a share is expected, is invalid.
 * Categories that are all numbers read as the numbers that a process gives: `1.0` is `1`.
 */
export function collectColumn(cells: readonly string[], kind: StreamKind): Collected {
  const isShare = kind === 'score' || kind === 'confidence';
  const readNumber = (cell: string): number | undefined => {
    const value = numberOfCell(cell);
    return isShare && value !== undefined && (value < 0 || value > 1) ? undefined : value;
  };
  const read: (cell: string) => number | string | undefined =
    kind === 'categorical' ? categoryReader(cells) : readNumber;
  const values: (number | string)[] = [];
  const outcomes = cells.map((cell) => {
    if (cell.trim() === '') return OUTCOME_NULL;
    const value = read(cell);
    if (value === undefined) return OUTCOME_INVALID;
    values.push(value);
    return OUTCOME_OK;
  });
  return { kind, values, outcomes };
}

/** Leading zeros and signs make a code of what looks like a number: `007` stays as it is. */
function categoryReader(cells: readonly string[]): (cell: string) => string {
  const isCode = (cell: string): boolean => /^\s*(?:\+|-?0\d)/u.test(cell);
  const areNumbers = cells.every(
    (cell) => cell.trim() === '' || (numberOfCell(cell) !== undefined && !isCode(cell)),
  );
  return areNumbers ? (cell) => String(numberOfCell(cell)) : (cell) => cell;
}

/**
 * The values at k/1000 of a distribution, k ascending, as a sample of it. They are in no order of
 * time, so they are shuffled: give `buildBaseline` the dependence of independent values.
 *
 * @throws {RangeError} when the values do not ascend
 */
export function collectPercentiles(
  percentiles: readonly number[],
  kind: Exclude<StreamKind, 'categorical'>,
  random: RandomSource,
): Collected {
  const falls = percentiles.findIndex(
    (value, index) => index > 0 && !(value >= (percentiles[index - 1] ?? value)),
  );
  if (falls > 0) {
    throw new RangeError(
      `Cannot use percentiles that do not ascend: value ${falls + 1} is ${percentiles[falls]} after ${percentiles[falls - 1]}`,
    );
  }
  return {
    kind,
    values: shuffled(percentiles, random),
    outcomes: percentiles.map(() => OUTCOME_OK),
  };
}
