/** Names come from applications: nothing of them may move a cursor or paint the terminal. */
export const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

/** Texts in columns as wide as their widest cell; the last one ends each line. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lines that are too wide for a terminal go on, indented, on the next one. */
export function wrapped(lines: readonly string[], width: number): string {
  const max = Math.max(40, width);
  return lines
    .flatMap((line) => {
      if (line.length <= max) return [line];
      const cut = line.lastIndexOf(' ', max);
      const at = cut > 0 ? cut : max;
      return [line.slice(0, at), `    ${line.slice(at).trim()}`];
    })
    .join('\n');
}

/** A number that people read: three digits that matter. */
export function shortNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3)) {
    return value.toExponential(1);
  }
  return String(Number(value.toPrecision(3)));
}
