/** The outcome of one thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found and, unless all is well, what to do. */
  readonly message: string;
  readonly details?: readonly string[];
}

const MARKS: Readonly<Record<Check['status'], string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

/** Checks for people: one line each, details below. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .flatMap(({ name, status, message, details = [] }) => [
      `${MARKS[status]}  ${name}: ${message}`,
      ...details.map((detail) => `        ${detail}`),
    ])
    .join('\n');
}
