/** A rule as `/api/v1/rules` tells it. */
export interface Rule {
  readonly name: string;
  readonly query: string;
  readonly type: 'alerting' | 'recording';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly state?: 'firing' | 'pending' | 'inactive';
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
  readonly duration?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly interval: number;
  readonly rules: readonly Rule[];
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

/** Past evaluations of a rule, newest first; `place` is its position in its group. */
export interface Evaluated {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
  readonly place: number;
  readonly evaluations: readonly {
    readonly at: string;
    readonly durationMs: number;
    readonly samples: number;
    readonly error: string | null;
  }[];
  readonly selectors: readonly { readonly selector: string; readonly series: number }[];
}

export type RuleRow =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly group: RuleGroup;
      readonly broken: number;
    }
  | {
      readonly kind: 'rule';
      readonly key: string;
      readonly rule: Rule;
      readonly group: RuleGroup;
      readonly place: number;
      /** Series that it wrote last: two for each alert, or what it records. */
      readonly samples: number | undefined;
    };

export interface RuleFilter {
  readonly text: string;
  /** `err`, `firing` or everything. */
  readonly show: string;
}

/** Groups with the rules that a filter lets through; groups with broken rules first. */
export function ruleRows(
  groups: readonly RuleGroup[],
  evaluated: readonly Evaluated[],
  filter: RuleFilter,
): readonly RuleRow[] {
  const known = new Map(evaluated.map((each) => [keyOf(each.file, each.group, each.place), each]));
  const brokenOf = ({ rules }: RuleGroup): number =>
    rules.filter(({ health }) => health === 'err').length;
  return [...groups]
    .sort((left, right) => Number(brokenOf(right) > 0) - Number(brokenOf(left) > 0))
    .flatMap((group) => {
      const rows = group.rules.flatMap((rule, place): RuleRow[] => {
        if (!isWanted(rule, group, filter)) return [];
        const key = keyOf(group.file, group.name, place);
        const samples = known.get(key)?.evaluations[0]?.samples;
        return [{ kind: 'rule', key, rule, group, place, samples }];
      });
      const key = keyOf(group.file, group.name, -1);
      return rows.length === 0
        ? []
        : [{ kind: 'group', key, group, broken: brokenOf(group) }, ...rows];
    });
}

const keyOf = (file: string, group: string, place: number): string =>
  JSON.stringify([file, group, place]);

function isWanted(rule: Rule, { name, file }: RuleGroup, { text, show }: RuleFilter): boolean {
  if (show === 'err' && rule.health !== 'err') return false;
  if (show === 'firing' && rule.state !== 'firing' && rule.state !== 'pending') return false;
  const all = [rule.name, rule.query, name, file].join('\n').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => all.includes(word));
}
