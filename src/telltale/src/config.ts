import {
  type NamesByName,
  type OptionRow,
  type OptionValue,
  type Problem,
  parseOption,
  type SettingsByName,
} from '@telltale/core';
import { falseAlarmOptions } from '@telltale/instrumentation-drift';
import type { ModelRule } from '@telltale/instrumentation-onnxruntime';

import { addressProblems } from './config/addresses.ts';
import { optionName, readEnvironment } from './config/environment.ts';
import { readDeclaredFile } from './config/file/declared-file.ts';
import { type ConfigFile, findConfigFile } from './config/file/file.ts';
import { loadYamlFile } from './config/file/load-yaml-file.ts';
import { parseModelRules } from './config/models.ts';
import { nearestName } from './config/nearest-name.ts';
import { OPTIONS } from './config/options/options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from, the strongest first. */
export type OptionOrigin = 'code' | 'environment' | 'file' | 'default';

type Layers = readonly (readonly [OptionOrigin, ReadonlyMap<string, OptionValue>])[];

export interface ConfigSources {
  readonly env: Environment;
  /** Where `telltale.yaml` is looked for. */
  readonly folder: string;
  /** By dotted key, as text: the strongest source. */
  readonly code?: Readonly<Record<string, string>>;
}

/** The configuration in force: values by key, or by variable where there is no key. */
export class Config {
  readonly problems: readonly Problem[];
  readonly models: readonly ModelRule[];
  /** Path of the file that was read, if any. */
  readonly path: string | undefined;
  readonly #layers: Layers;

  constructor(parts: {
    readonly layers: Layers;
    readonly models: readonly ModelRule[];
    readonly problems: readonly Problem[];
    readonly path: string | undefined;
  }) {
    this.#layers = parts.layers;
    this.models = parts.models;
    this.problems = parts.problems;
    this.path = parts.path;
  }

  get(name: string): OptionValue | undefined {
    return this.#layers.find(([, values]) => values.has(name))?.[1].get(name);
  }

  origin(name: string): OptionOrigin | undefined {
    return this.#layers.find(([, values]) => values.has(name))?.[0];
  }

  /** Whether a user set it: defaults do not count. */
  isSet(name: string): boolean {
    const origin = this.origin(name);
    return origin !== undefined && origin !== 'default';
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : textOf(value);
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  list(name: string): readonly string[] {
    const value = this.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  settings(name: string): SettingsByName {
    const value = this.get(name);
    return typeof value === 'object' && !Array.isArray(value) ? (value as SettingsByName) : {};
  }

  names(name: string): NamesByName {
    const value = this.get(name);
    return typeof value === 'object' && !Array.isArray(value) ? (value as NamesByName) : {};
  }
}

/**
 * Reads code, environment and file, in this order of strength. Never throws: what cannot be used
 * is a problem in the list and the next source, or the default, is taken.
 */
export function loadConfig(sources: ConfigSources): Config {
  const code = readCode(sources.code ?? {});
  const environment = readEnvironment(OPTIONS, sources.env);
  const file = readFile(environment.values.get('config'), sources);
  const models = parseModelRules(file.models);
  const problems = [
    ...code.problems,
    ...environment.problems,
    ...file.problems,
    ...models.problems.map((problem) => file.locate(problem)),
  ];
  const layers: Layers = [
    ['code', code.values],
    ['environment', environment.values],
    ['file', file.values],
    ['default', DEFAULTS],
  ];
  const parts = { layers, models: models.rules, path: file.path };
  const unchecked = new Config({ ...parts, problems: [] });
  const together = contradictions(unchecked).map((problem) => file.locate(problem));
  const declared = declaredProblems(unchecked, sources.folder);
  return new Config({ ...parts, problems: [...problems, ...together, ...declared] });
}

const textOf = (value: OptionValue): string =>
  typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : value.toString();

/** A declared SDK that cannot start is a problem before it is missed. */
function declaredProblems(config: Config, folder: string): readonly Problem[] {
  const path = config.text('OTEL_CONFIG_FILE');
  const file = path === undefined ? undefined : readDeclaredFile(path, folder);
  return file !== undefined && 'problem' in file ? [file.problem] : [];
}

/** What no row of the table can say of itself. */
function contradictions(config: Config): readonly Problem[] {
  const drift = config.number('drift.drift_threshold') ?? 0;
  const alert = config.number('drift.alert_threshold') ?? 1;
  const every = config.text('drift.false_alarm_every') ?? '';
  const problems: Problem[] = [];
  if (alert < drift) {
    const message = `Cannot use it: expected at least drift.drift_threshold, which is ${drift}: current value is "${alert}"`;
    problems.push({ path: 'drift.alert_threshold', message });
  }
  if (falseAlarmOptions(every) === undefined) {
    const message = `Cannot use it: expected a number of records or a time such as 30d: current value is "${every}"`;
    problems.push({ path: 'drift.false_alarm_every', message });
  }
  return [...problems, ...streamProblems(config), ...addressProblems(config)];
}

/** What the settings of single streams contradict. */
function streamProblems(config: Config): readonly Problem[] {
  const path = 'drift.streams';
  const least = config.number('drift.drift_threshold') ?? 0;
  return Object.entries(config.settings(path)).flatMap(([name, settings]) => {
    const {
      drift_threshold: drift = least,
      alert_threshold: alert,
      false_alarm_every: every,
    } = settings;
    const problems: Problem[] = [];
    if (typeof alert === 'number' && alert < Number(drift)) {
      const message = `Cannot use alert_threshold of "${name}": expected at least its drift threshold, which is ${String(drift)}: current value is "${alert}"`;
      problems.push({ path, message });
    }
    if (typeof every === 'string' && falseAlarmOptions(every) === undefined) {
      const message = `Cannot use false_alarm_every of "${name}": expected a number of records or a time such as 30d: current value is "${every}"`;
      problems.push({ path, message });
    }
    return problems;
  });
}

type FileResult = Pick<ConfigFile, 'values' | 'models' | 'problems' | 'locate'> & {
  readonly path: string | undefined;
};

function readFile(named: OptionValue | undefined, sources: ConfigSources): FileResult {
  const nothing = {
    values: new Map<string, OptionValue>(),
    models: undefined,
    path: undefined,
    locate: (problem: Problem): Problem => problem,
  };
  const found = findConfigFile(named === undefined ? undefined : textOf(named), sources.folder);
  if (found === undefined) return { ...nothing, problems: [] };
  if (!('text' in found)) return { ...nothing, problems: [found] };
  return loadYamlFile().parseConfigFile(found, OPTIONS, sources.env);
}

/** One line a problem: `file:line:col key: message`. */
export function formatProblem(problem: Problem, path: string | undefined): string {
  const { line, column = 1 } = problem;
  const place = line === undefined || path === undefined ? '' : `${path}:${line}:${column} `;
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

function readCode(code: Readonly<Record<string, string>>): {
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly problems: readonly Problem[];
} {
  const values = new Map<string, OptionValue>();
  const problems: Problem[] = [];
  for (const [key, text] of Object.entries(code)) {
    const row = BY_KEY.get(key);
    if (row === undefined) {
      const nearest = nearestName(key, BY_KEY.keys());
      const hint = nearest === undefined ? '' : `: the nearest valid name is ${nearest}`;
      problems.push({ path: key, message: `Cannot find an option of this name${hint}` });
      continue;
    }
    const parsed = parseOption(row, text);
    if (parsed.ok) values.set(key, parsed.value);
    else problems.push({ path: key, message: `Cannot use it: ${parsed.reason}` });
  }
  return { values, problems };
}

const BY_KEY: ReadonlyMap<string, OptionRow> = new Map(
  OPTIONS.filter((row) => row.key !== '').map((row) => [row.key, row]),
);

const DEFAULTS: ReadonlyMap<string, OptionValue> = new Map(
  OPTIONS.flatMap((row) => {
    if (row.default === undefined) return [];
    const parsed = parseOption(row, row.default);
    return parsed.ok ? [[optionName(row), parsed.value] as const] : [];
  }),
);
