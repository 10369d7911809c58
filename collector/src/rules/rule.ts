import type { Expr } from '../promql/ast.ts';

interface RuleBase {
  /** The metric that a recording rule writes, or the name of an alert. */
  readonly name: string;
  readonly expr: Expr;
  /** The expression as the file has it. */
  readonly exprText: string;
  /** Labels of the group and of the rule; the rule's win. Only alerting rules expand templates. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface RecordingRule extends RuleBase {
  readonly kind: 'recording';
}

export interface AlertingRule extends RuleBase {
  readonly kind: 'alerting';
  /** How long the condition holds before the alert fires. */
  readonly forMs: number;
  /** How long the alert keeps firing after the condition went away. */
  readonly keepFiringForMs: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertingRule;

/** A group of a rule file, defaults filled in. */
export interface GroupDefinition {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
  /** Queries look this far back, and outputs are written there. */
  readonly queryOffsetMs: number;
  /** Most alerts or recorded series of one rule; 0 means no limit. */
  readonly limit: number;
  readonly rules: readonly Rule[];
}

/** Names a group across files, and over restarts. */
export function groupKey(group: Pick<GroupDefinition, 'file' | 'name'>): string {
  return groupKeyStart(group.file) + group.name;
}

/** What the keys of all groups of a file begin with, and no others. */
export function groupKeyStart(file: string): string {
  // The first bare semicolon ends the file; nearly no file has one in its name.
  return `${file.replaceAll(/[\\;]/gu, '\\$&')};`;
}

/**
 * Names each rule of a group over reloads and restarts: by name and labels, and by order where
 * several are equal.
 */
export function ruleKeys(rules: readonly Rule[]): readonly string[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const labels = Object.entries(rule.labels).sort(([left], [right]) => (left < right ? -1 : 1));
    const key = JSON.stringify([rule.kind, rule.name, labels]);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return `${key}#${count}`;
  });
}
