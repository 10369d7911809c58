const YES: ReadonlySet<string> = new Set(['1', '1.0', 'true']);
const NO: ReadonlySet<string> = new Set(['0', '0.0', 'false']);

/**
 * Reads the truth of each row.
 *
 * @param positive the text of the positive class; without it 1 and true are positive
 * @returns `undefined` for a row whose truth is not known
 */
export function readLabels(
  cells: readonly string[],
  positive: string | undefined,
): readonly (0 | 1 | undefined)[] {
  return cells.map((cell) => {
    const text = cell.trim();
    if (text === '') return undefined;
    if (positive !== undefined) return text === positive ? 1 : 0;
    if (YES.has(text.toLowerCase())) return 1;
    return NO.has(text.toLowerCase()) ? 0 : undefined;
  });
}
