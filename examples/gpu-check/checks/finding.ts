/** One line of the report. */
export interface Finding {
  readonly check: string;
  readonly subject: string;
  /** `differs` is a fault; `measured` is a fact without a right value. */
  readonly result: 'same' | 'differs' | 'measured' | 'absent';
  readonly detail: string;
}

export const measured = (check: string, subject: string, detail: string): Finding => ({
  check,
  subject,
  result: 'measured',
  detail,
});

export const judged = (
  check: string,
  subject: string,
  how: { readonly isRight: boolean; readonly detail: string },
): Finding => ({ check, subject, result: how.isRight ? 'same' : 'differs', detail: how.detail });

export const absent = (check: string, subject: string, detail: string): Finding => ({
  check,
  subject,
  result: 'absent',
  detail,
});

/** The findings as a table for people. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = [
    ['CHECK', 'SUBJECT', 'RESULT', 'DETAIL'],
    ...findings.map((one) => [one.check, one.subject, one.result, one.detail]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
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
