/** From harmless to worst. */
export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

const DEFAULT_RANKS: Readonly<Record<string, Severity>> = Object.freeze({
  info: 'INFO',
  notice: 'INFO',
  debug: 'INFO',
  none: 'INFO',
  warning: 'WARNING',
  warn: 'WARNING',
  ticket: 'WARNING',
  error: 'ERROR',
  err: 'ERROR',
  major: 'ERROR',
  critical: 'CRITICAL',
  crit: 'CRITICAL',
  fatal: 'CRITICAL',
  page: 'CRITICAL',
  emergency: 'CRITICAL',
});

export interface SeverityOptions {
  /** The label that holds it. */
  readonly label: string;
  /** Values of the label beyond the usual ones. */
  readonly map: Readonly<Record<string, Severity>>;
}

/** Where a configuration says nothing else. */
export const DEFAULT_SEVERITY: SeverityOptions = Object.freeze({ label: 'severity', map: {} });

/** The rank of a label set; WARNING when the label is absent or says nothing known. */
export function severityOf(
  labels: Readonly<Record<string, string>>,
  { label, map }: SeverityOptions,
): Severity {
  const value = labels[label] ?? '';
  return map[value] ?? DEFAULT_RANKS[value.toLowerCase()] ?? 'WARNING';
}
