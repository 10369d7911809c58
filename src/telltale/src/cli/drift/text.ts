/**
 * A text for one cell. Names come from applications: nothing of them may move a cursor, paint the
 * terminal or, unlike after `printable`, begin a new line.
 */
export const cellText = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

const INDENT = '    ';

/** Lines that are too wide for a terminal go on, indented, on the next one. */
export function wrapped(lines: readonly string[], width: number): string {
  const max = Math.max(40, width);
  return lines.flatMap((line) => pieces(line, max)).join('\n');
}

/** One line in as many as it takes, cut between words where there are some. */
function pieces(line: string, max: number): readonly string[] {
  const done: string[] = [];
  let rest = line;
  while (rest.length > max) {
    const cut = rest.lastIndexOf(' ', max);
    const at = cut > INDENT.length ? cut : max;
    done.push(rest.slice(0, at));
    rest = `${INDENT}${rest.slice(at).trim()}`;
  }
  return [...done, rest];
}

/** A number that people read: three digits that matter. */
export function shortNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3)) {
    return value.toExponential(1);
  }
  return String(Number(value.toPrecision(3)));
}
