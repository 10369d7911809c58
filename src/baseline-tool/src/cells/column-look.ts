import { numberOfCell } from '@telltale/statistics';

/** What a column of text looks like that is no column of plain numbers. */
export interface ColumnLook {
  /** Why no baseline can be made of it, and what to do. */
  readonly problem?: string;
  /** What a reader should know. */
  readonly note?: string;
  /** The cells are codes, although they are digits. */
  readonly isCode: boolean;
}

const DATE =
  /^(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?:[T ]\d{1,2}:\d{2}.*)?$/u;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/u;
const GROUPED = /^[+-]?\d{1,3}(?:([., '\u00A0\u2019])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/u;
const LEADING_ZERO = /^0\d+$/u;

/** @param cells normal ones of one column; `raw` as they stand in the table */
export function lookOfColumn(cells: readonly string[], raw: readonly string[]): ColumnLook {
  const filled = cells.filter((cell) => cell !== '');
  const isMost = (pattern: RegExp): boolean =>
    filled.filter((cell) => pattern.test(cell.trim())).length * 2 > filled.length;
  const isNumeric =
    filled.filter((cell) => numberOfCell(cell) !== undefined).length * 2 > filled.length;
  if (isNumeric) return lookOfNumbers(filled, raw);
  if (isMost(DATE)) {
    return {
      isCode: false,
      problem: 'it holds dates, which only ever grow; leave it out with --columns',
    };
  }
  if (isMost(GROUPED)) {
    const [, group = ','] = GROUPED.exec(filled.find((cell) => GROUPED.test(cell)) ?? '') ?? [];
    const decimal = group === '.' ? ' --decimal ,' : '';
    return {
      isCode: false,
      problem: `it looks like numbers with thousands: add --thousands "${group}"${decimal}, or --kind categorical`,
    };
  }
  if (isMost(DECIMAL_COMMA)) {
    return {
      isCode: false,
      problem: 'it looks like numbers with a decimal comma: add --decimal , or --kind categorical',
    };
  }
  return { isCode: false };
}

function lookOfNumbers(filled: readonly string[], raw: readonly string[]): ColumnLook {
  if (filled.some((cell) => LEADING_ZERO.test(cell.trim()))) {
    return { isCode: true, note: 'has leading zeros: its values are codes, not numbers' };
  }
  const percents = raw.filter((cell) => /\d\s*%$/u.test(cell.trim())).length;
  if (percents > 0) {
    return { isCode: false, note: `has ${percents} values in per cent: 12 % is read as 0.12` };
  }
  return { isCode: false };
}
