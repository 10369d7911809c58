import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { DEFAULT_FEATURES, type PromqlFeatures } from '../../promql/features.ts';
import type { GroupDefinition } from '../../rules/rule.ts';
import { ConfigError, type ConfigProblem } from '../config-error.ts';
import type { CollectorConfig } from '../schema/collector-config.ts';
import { isBlankYaml } from '../yaml-document.ts';
import { parseRuleFile, RuleFileError } from './rules-file.ts';

export interface RuleSet {
  readonly groups: readonly GroupDefinition[];
  readonly warnings: readonly string[];
  /** What is wrong with the files that are left out. */
  readonly broken: readonly ConfigProblem[];
  /** How many files each pattern of the configuration matches. */
  readonly matches: ReadonlyMap<string, number>;
  /** Files with nothing in them. */
  readonly blank: ReadonlySet<string>;
}

/** The parts of PromQL that a configuration switches on. */
export function promqlFeatures({ promql }: CollectorConfig): PromqlFeatures {
  const isOn = promql.experimental;
  return {
    ...DEFAULT_FEATURES,
    experimentalFunctions: isOn,
    extendedRangeSelectors: isOn,
    fillModifiers: isOn,
    startTimestamps: promql.use_start_timestamps,
  };
}

/**
 * Reads every rule file that a configuration names. A file with a fault in it is left out while
 * others are good, unless `rules_strict` says otherwise.
 *
 * @throws {ConfigError} with the problems of all of them.
 */
export function loadRuleSet(config: CollectorConfig, folder: string): RuleSet {
  const { broken, ...rules } = readRuleFiles(config, folder);
  const mayLeaveOut = !config.rules_strict && rules.goodFiles > 0;
  if (broken.length > 0 && !mayLeaveOut) throw new ConfigError(broken);
  const { groups, warnings, matches, blank } = rules;
  return { groups, warnings, matches, blank, broken };
}

/** As `loadRuleSet`, but any fault in any file is an error. */
export function loadRuleSetStrictly(config: CollectorConfig, folder: string): RuleSet {
  return loadRuleSet({ ...config, rules_strict: true }, folder);
}

/**
 * What was read before and cannot be read now would end its alerts: a fault of the moment, unless
 * the configuration says so.
 *
 * @throws {ConfigError} when a file is broken that was not broken before, a file with rules became
 * empty, or a pattern that matched files matches none.
 */
export function refuseNewlyBroken(rules: RuleSet, before: RuleSet): void {
  const known = new Set(before.broken.map(({ file }) => file));
  const newly = rules.broken.filter(({ file }) => !known.has(file));
  const gone = [...rules.matches]
    .filter(([pattern, files]) => files === 0 && (before.matches.get(pattern) ?? 0) > 0)
    .map(([pattern]) => ({
      file: pattern,
      path: '',
      message:
        'No rule file matches this pattern any more: take it out of collector.rules to run without them',
    }));
  const emptied = [...rules.blank]
    .filter((name) => before.groups.some(({ file }) => file === name))
    .map((file) => ({
      file,
      path: '',
      message: 'The file had rules and is empty now: write "groups: []" to run without them',
    }));
  const problems = [...newly, ...gone, ...emptied];
  if (problems.length > 0) throw new ConfigError(problems);
}

function readRuleFiles(
  config: CollectorConfig,
  folder: string,
): RuleSet & { readonly goodFiles: number } {
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  const matches = new Map<string, number>();
  const blank = new Set<string>();
  const groups: GroupDefinition[] = [];
  let goodFiles = 0;
  for (const file of ruleFiles(config, folder, matches)) {
    try {
      const bytes = readFileSync(resolve(folder, file));
      if (isBlankYaml(bytes.toString())) blank.add(file);
      const read = parseRuleFile(bytes, {
        file,
        intervalMs: config.evaluation.interval,
        queryOffsetMs: config.evaluation.query_offset,
        features: promqlFeatures(config),
      });
      groups.push(...read.groups);
      goodFiles += 1;
      warnings.push(...read.warnings.map(({ message }) => `${file}: ${message}`));
    } catch (error) {
      problems.push(...problemsOf(file, error));
    }
  }
  for (const [pattern, files] of matches) {
    if (files === 0) warnings.push(`No rule file matches "${pattern}"`);
  }
  return { groups, warnings, matches, blank, broken: problems, goodFiles };
}

/** File names as the configuration has them, patterns replaced by what they match, once each. */
function ruleFiles(
  config: CollectorConfig,
  folder: string,
  matches: Map<string, number>,
): readonly string[] {
  const files = config.rules.flatMap((pattern) => {
    if (!/[*?[{]/u.test(pattern)) return [pattern];
    const found = globSync(pattern, { cwd: folder }).sort();
    matches.set(pattern, found.length);
    return found;
  });
  return [...new Set(files)];
}

function problemsOf(file: string, error: unknown): ConfigProblem[] {
  if (error instanceof RuleFileError) {
    return error.problems.map(({ line, column, message }) => {
      return { file, line, column, path: '', message };
    });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const reason = code === 'ENOENT' ? 'no such file' : (error as Error).message;
  return [{ file, path: '', message: `Cannot read the rule file: ${reason}` }];
}
