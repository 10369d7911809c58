import type { LabelMatchers, LabelRecord } from '../matching/label-matchers.ts';

/** Mutes alerts that `target` matches while an alert that `source` matches fires. */
export interface InhibitRule {
  readonly name: string;
  readonly source: LabelMatchers;
  readonly target: LabelMatchers;
  /** Labels in which both alerts must agree; a missing label is empty. */
  readonly equal: readonly string[];
}

/** An alert as far as inhibition sees it; it fires until `endsAtMs`, without one until further notice. */
export interface InhibitionAlert {
  readonly fingerprint: string;
  readonly labels: LabelRecord;
  readonly endsAtMs?: number | undefined;
}

interface Source {
  readonly isTarget: boolean;
  readonly endsAtMs: number;
}

/** Source alerts of one rule, by their values of the `equal` labels, then by fingerprint. */
interface RuleIndex {
  readonly rule: InhibitRule;
  readonly sources: Map<string, Map<string, Source>>;
}

/** Which firing alerts mute which others. Fed with every change of an alert. */
export class Inhibitor {
  readonly #rules: readonly RuleIndex[];

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map((rule) => ({ rule, sources: new Map() }));
  }

  /** Takes note of an alert that is new or changed. */
  note({ fingerprint, labels, endsAtMs = Number.POSITIVE_INFINITY }: InhibitionAlert): void {
    for (const { rule, sources } of this.#rules) {
      if (!rule.source.matches(labels)) continue;
      const key = equalKey(labels, rule.equal);
      const entry = { isTarget: rule.target.matches(labels), endsAtMs };
      const found = sources.get(key);
      if (found === undefined) sources.set(key, new Map([[fingerprint, entry]]));
      else found.set(fingerprint, entry);
    }
  }

  /** Forgets an alert. */
  remove({ fingerprint, labels }: InhibitionAlert): void {
    for (const { rule, sources } of this.#rules) {
      const key = equalKey(labels, rule.equal);
      const found = sources.get(key);
      found?.delete(fingerprint);
      if (found?.size === 0) sources.delete(key);
    }
  }

  /** The fingerprints of the alerts that mute one with these labels; empty when none does. */
  inhibitedBy(labels: LabelRecord, nowMs: number): readonly string[] {
    const muting = new Set<string>();
    for (const { rule, sources } of this.#rules) {
      if (sources.size === 0 || !rule.target.matches(labels)) continue;
      const candidates = sources.get(equalKey(labels, rule.equal));
      if (candidates === undefined) continue;
      // An alert on both sides is not muted by another such, or two of them would mute each other.
      const isTwoSided = rule.source.matches(labels);
      for (const [fingerprint, { isTarget, endsAtMs }] of candidates) {
        if (endsAtMs > nowMs && !(isTwoSided && isTarget)) muting.add(fingerprint);
      }
    }
    return [...muting];
  }
}

function equalKey(labels: LabelRecord, equal: readonly string[]): string {
  return JSON.stringify(equal.map((name) => labels[name] ?? ''));
}
