import { isUtf8LabelName, quoteGo } from '../../model/go-string.ts';
import { METRIC_NAME_LABEL } from '../../model/labels.ts';
import { DEFAULT_FEATURES, type PromqlFeatures } from '../../promql/features.ts';
import { parseExpr } from '../../promql/parser/parse.ts';
import type { GroupDefinition, Rule } from '../../rules/rule.ts';
import type { Place, YamlProblem, YamlValue } from '../yaml/tree.ts';
import { comparePlaces, Fields } from './fields.ts';
import { type RuleFault, readRule } from './rule.ts';
import { readYaml } from './yaml.ts';

/** Something wrong in a rule file. */
export interface RuleFileProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** Without the place; for a rule it starts with `group "g", rule 1, "name": `. */
  readonly message: string;
  /** The faulty expression with a caret below the fault. */
  readonly detail?: string;
}

export interface RuleFileOptions {
  /** The name of the file: part of its groups' identity and of every message. */
  readonly file: string;
  /** For groups without an interval. */
  readonly intervalMs: number;
  /** For groups without a query offset. */
  readonly queryOffsetMs?: number;
  readonly features?: PromqlFeatures;
}

export interface RuleFile {
  readonly groups: readonly GroupDefinition[];
  readonly warnings: readonly RuleFileProblem[];
}

/** A rule file that cannot be used, with everything that is wrong in it. */
export class RuleFileError extends Error {
  override readonly name = 'RuleFileError';
  readonly problems: readonly RuleFileProblem[];

  constructor(problems: readonly RuleFileProblem[]) {
    super(problems.map(formatRuleFileProblem).join('\n'));
    this.problems = problems;
  }
}

/** `file: line:column: message`. */
export function formatRuleFileProblem(problem: RuleFileProblem): string {
  return `${problem.file}: ${problem.line}:${problem.column}: ${problem.message}`;
}

/** More problems than this are counted, not listed. */
const PROBLEMS_MAX = 1_000;

/**
 * Reads a Prometheus rule file as strictly as Prometheus does.
 *
 * @throws {RuleFileError} with every problem of the file, in the order of their places.
 */
export function parseRuleFile(bytes: Uint8Array, options: RuleFileOptions): RuleFile {
  const { root, problems, documents } = readYaml(bytes);
  const reader = new RuleFileReader(options, problems);
  const groups = root === undefined ? [] : reader.readGroups(root);
  reader.throwIfBroken();
  const message = 'only the first YAML document is read, the others are ignored';
  const warnings = documents > 1 ? [{ file: options.file, line: 1, column: 1, message }] : [];
  return { groups, warnings };
}

const FILE_SHAPE = { type: 'rulefmt.RuleGroups', keys: ['groups'] };
const GROUP_SHAPE = {
  type: 'rulefmt.RuleGroupNode',
  keys: ['name', 'interval', 'query_offset', 'limit', 'rules', 'labels'],
};

class RuleFileReader {
  readonly #options: RuleFileOptions;
  readonly #problems: (YamlProblem & { readonly detail?: string })[];

  constructor(options: RuleFileOptions, problems: readonly YamlProblem[]) {
    this.#options = options;
    this.#problems = [...problems];
  }

  readGroups(root: YamlValue): readonly GroupDefinition[] {
    const fields = new Fields(root, FILE_SHAPE, this.#report);
    const names = new Set<string>();
    return fields.listWithoutNulls('groups').map((node) => this.#readGroup(node, names));
  }

  throwIfBroken(): void {
    if (this.#problems.length === 0) return;
    const { file } = this.#options;
    const sorted = this.#problems.toSorted(comparePlaces).map((problem) => ({ file, ...problem }));
    const shown = sorted.slice(0, PROBLEMS_MAX);
    const [next] = sorted.slice(PROBLEMS_MAX);
    const rest = sorted.length - shown.length;
    throw new RuleFileError(
      next === undefined ? shown : [...shown, { ...next, message: `and ${rest} more problems` }],
    );
  }

  readonly #report = ({ line, column }: Place, message: string): void => {
    this.#problems.push({ line, column, message });
  };

  #readGroup(node: YamlValue, names: Set<string>): GroupDefinition {
    const fields = new Fields(node, GROUP_SHAPE, this.#report);
    const name = fields.text('name');
    if (name === '') this.#report(fields.place, 'Groupname must not be empty');
    if (names.has(name)) {
      this.#report(fields.place, `groupname: "${name}" is repeated in the same file`);
    }
    names.add(name);
    const labels = this.#readGroupLabels(fields);
    const { file, intervalMs, queryOffsetMs = 0 } = this.#options;
    return {
      file,
      name,
      // Like upstream, an interval of 0 means the default.
      intervalMs: fields.durationMs('interval', 0) || intervalMs,
      queryOffsetMs: fields.durationMs('query_offset', queryOffsetMs),
      limit: fields.integer('limit'),
      rules: this.#readRules(fields, name, labels),
    };
  }

  #readGroupLabels(fields: Fields): Readonly<Record<string, string>> {
    const entries = fields.textEntries('labels');
    for (const { key, place, text } of entries) {
      const isValid = isUtf8LabelName(key) && key !== METRIC_NAME_LABEL;
      if (!isValid) this.#report(place, `invalid label name: ${key}`);
      if (/\p{Surrogate}/u.test(text)) this.#report(place, `invalid label value: ${text}`);
    }
    return Object.fromEntries(entries.map(({ key, text }) => [key, text]));
  }

  #readRules(
    fields: Fields,
    group: string,
    groupLabels: Readonly<Record<string, string>>,
  ): readonly Rule[] {
    const features = this.#options.features ?? DEFAULT_FEATURES;
    return fields.listWithoutNulls('rules').flatMap((node, index) => {
      const report = ({ place, name, message, detail }: RuleFault): void => {
        const where = `group ${quoteGo(group)}, rule ${index + 1}, ${quoteGo(name)}`;
        const { line, column } = place;
        const problem = { line, column, message: `${where}: ${message}` };
        this.#problems.push(detail === undefined ? problem : { ...problem, detail });
      };
      const parse = (text: string): Rule['expr'] => parseExpr(text, features);
      return readRule(node, { groupLabels, parse, report }) ?? [];
    });
  }
}
