/** How cells of a table are written. */
export interface CellRules {
  /** Texts that mean that there is no value; an empty cell always does. */
  readonly nulls: ReadonlySet<string>;
  readonly decimal: '.' | ',';
  /** Between groups of three digits; absent: nothing. */
  readonly thousands: string | undefined;
}

/** What pandas, R, SQL and spreadsheets write for a missing value. */
export const NULL_TEXTS: readonly string[] = [
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'nan',
  'NULL',
  'null',
  'None',
];

const NUMBER = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)((?:[eE][+-]?\d+)?)(\s*%?)$/u;

/**
 * A cell as a process would give its value: empty where there is none, a number with a decimal
 * point and without groups; 12 % is 0.12. What is no number stays as it is.
 */
export function normalCell(cell: string, rules: CellRules): string {
  const text = cell.trim();
  if (text === '' || rules.nulls.has(text)) return '';
  const plain = withoutGroups(text, rules);
  const [, sign, digits, exponent, percent = ''] = NUMBER.exec(plain) ?? [];
  if (digits === undefined) return cell;
  const number = `${sign}${digits}${exponent}`;
  return percent.includes('%') ? String(Number((Number(number) / 100).toPrecision(15))) : number;
}

/** With a decimal point and no groups; unchanged where the groups are no thousands. */
function withoutGroups(text: string, { decimal, thousands }: CellRules): string {
  let whole = text;
  if (thousands !== undefined && whole.includes(thousands)) {
    const [before = '', ...after] = whole.split(decimal);
    const [first = '', ...groups] = before.split(thousands);
    const isGrouped =
      /^[+-]?\d{1,3}$/u.test(first) && groups.every((group) => /^\d{3}$/u.test(group));
    if (!isGrouped) return text;
    whole = [[first, ...groups].join(''), ...after].join(decimal);
  }
  if (decimal === '.') return whole;
  return /^[^.]*$/u.test(whole) ? whole.replace(',', '.') : text;
}
