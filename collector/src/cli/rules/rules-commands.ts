import { type Command, InvalidArgumentError, Option } from 'commander';

import { DEFAULT_FEATURES, FEATURE_NAMES, type PromqlFeatures } from '../../promql/features.ts';
import type { CommandIo } from '../command-io.ts';
import { checkRules } from './rules-check.ts';
import { testRules } from './rules-test.ts';

interface CheckFlags {
  readonly json?: boolean;
  readonly lint: string;
  readonly lintFatal?: boolean;
  readonly enableFeature: readonly string[];
}

interface TestFlags {
  readonly json?: boolean;
  readonly run?: RegExp;
  readonly enableFeature: readonly string[];
}

const FEATURE_HELP = `experimental part of PromQL to switch on, may be given more than once: ${Object.values(FEATURE_NAMES).join(', ')}`;

/** `rules check` and `rules test`. */
export function addRulesCommands(program: Command, io: CommandIo): void {
  const rules = program.command('rules').description('check and test Prometheus rule files');
  rules
    .command('check')
    .description('check rule files as strictly as Prometheus loads them')
    .argument('[files...]', 'rule files; standard input when there are none')
    .option('--json', 'print one JSON document')
    .addOption(
      new Option('--lint <what>', 'what to look for besides errors')
        .choices(['duplicate-rules', 'all', 'none'])
        .default('duplicate-rules'),
    )
    .option('--lint-fatal', 'exit with 3 when only the lint finds something')
    .option('--enable-feature <name>', FEATURE_HELP, collect, [])
    .action((files: readonly string[], flags: CheckFlags) => {
      const options = { ...flags, features: readFeatures(flags.enableFeature) };
      io.exit(checkRules(files, options, io));
    });
  rules
    .command('test')
    .description("run unit tests of rules in promtool's format")
    .argument('<files...>', 'unit-test files')
    .option('--json', 'print one JSON document')
    .option('--run <regex>', 'run only the tests whose name matches', readRegex)
    .option('--enable-feature <name>', FEATURE_HELP, collect, [])
    .action((files: readonly string[], flags: TestFlags) => {
      const options = { ...flags, features: readFeatures(flags.enableFeature) };
      io.exit(testRules(files, options, io));
    });
}

const KNOWN_FEATURES: ReadonlySet<string> = new Set(Object.values(FEATURE_NAMES));

function collect(value: string, before: readonly string[]): readonly string[] {
  const names = value.split(',');
  const unknown = names.find((name) => !KNOWN_FEATURES.has(name));
  if (unknown !== undefined) {
    const known = [...KNOWN_FEATURES].join(', ');
    throw new InvalidArgumentError(
      `Unknown feature ${JSON.stringify(unknown)}: use one of ${known}`,
    );
  }
  return [...before, ...names];
}

function readRegex(value: string): RegExp {
  try {
    return new RegExp(value, 'u');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Switches on the parts of PromQL by the names that Prometheus has for them. */
function readFeatures(names: readonly string[]): PromqlFeatures {
  const wanted = new Set(names);
  const entries = Object.entries(FEATURE_NAMES).filter(([, name]) => wanted.has(name));
  const on = Object.fromEntries(entries.map(([key]) => [key, true]));
  return { ...DEFAULT_FEATURES, ...(on satisfies Partial<Record<string, boolean>>) };
}
