import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

import * as v from 'valibot';
import type { Document } from 'yaml';

import { TemplateError } from '../../model/template/error.ts';
import type { GlobalSettings } from '../../notify/channels/global-settings.ts';
import { entryProblem } from '../../notify/channels/kind.ts';
import type { TemplateFile } from '../../notify/channels/template-file.ts';
import { templateLibrary } from '../../notify/message/template-library.ts';
import type { InhibitRule } from '../../notify/stages/muting/inhibit.ts';
import type { TimeInterval } from '../../notify/stages/muting/time-interval.ts';
import type { Route } from '../../notify/stages/routing/route.ts';
import { ConfigError } from '../config-error.ts';
import { globPaths } from '../glob.ts';
import { readYaml } from '../yaml-document.ts';
import { withFilePrefix } from './file-names.ts';
import { globalSchema } from './global-schema.ts';
import { inhibitRuleSchema } from './inhibit-schema.ts';
import { timeIntervalSchema } from './interval-schema.ts';
import { olderMatchers } from './older-matchers.ts';
import { ProblemList } from './problem.ts';
import { type ReceiverDefinition, readReceivers } from './receivers.ts';
import { type RouteEntry, routeSchema } from './route-schema.ts';
import { checkRoutes, routeTree } from './route-tree.ts';
import { shownConfig } from './shown-config.ts';
import { type TextTree, textTree } from './text-tree.ts';

/** Everything that `alertmanager.yml` says. */
export interface AlertmanagerConfig {
  readonly global: GlobalSettings;
  readonly root: Route;
  readonly receivers: readonly ReceiverDefinition[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly intervals: ReadonlyMap<string, TimeInterval>;
  readonly templates: readonly TemplateFile[];
  /** As `config show` prints it: with defaults, and without secrets. */
  readonly shown: string;
  readonly warnings: readonly string[];
}

export interface AlertmanagerFileOptions {
  /** The name for messages. */
  readonly file: string;
  /** What relative names in the file are relative to. */
  readonly folder: string;
  readonly ignoresUnsupported: boolean;
  /** The folder as seen from the one that names of secret files are relative to; absent: the same. */
  readonly filePrefix?: string;
}

/** @throws {ConfigError} with every problem found, each with its line and column. */
export function loadAlertmanagerFile(
  path: string,
  options: {
    readonly ignoresUnsupported: boolean;
    readonly name?: string;
    /** The folder of `telltale.yaml`, where it is another. */
    readonly relativeTo?: string;
  },
): AlertmanagerConfig {
  const file = options.name ?? path;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : code;
    throw new ConfigError([
      { file, path: '', message: `Cannot read the configuration: ${reason}` },
    ]);
  }
  const folder = dirname(resolve(path));
  const { ignoresUnsupported, relativeTo = folder } = options;
  const filePrefix = relative(resolve(relativeTo), folder);
  return parseAlertmanagerConfig(text, { file, folder, ignoresUnsupported, filePrefix });
}

const TOP_LEVEL = [
  'global',
  'route',
  'inhibit_rules',
  'receivers',
  'templates',
  'mute_time_intervals',
  'time_intervals',
  'tracing',
  'event_recorder',
];

/** @throws {ConfigError} with every problem found, each with its line and column. */
export function parseAlertmanagerConfig(
  text: string,
  options: AlertmanagerFileOptions,
): AlertmanagerConfig {
  const { document, lines } = readYaml(text, options.file);
  const problems = new ProblemList();
  const warnings: string[] = [];
  const tree = withFilePrefix(topLevel(document, problems), options.filePrefix ?? '') as TextMap;
  const global = readWith(globalSchema, tree['global'] ?? {}, { path: ['global'], problems });
  const inhibitRules = readList(inhibitRuleSchema, tree, { key: 'inhibit_rules', problems });
  const intervals = readIntervals(tree, problems);
  const { ignoresUnsupported } = options;
  const receivers = readReceivers(tree['receivers'], {
    // Receivers are checked beside a global section with mistakes too, so that one run tells all of them.
    global: global ?? v.parse(globalSchema, {}),
    ignoresUnsupported,
    problems,
    warnings,
  });
  const route = readRoute(tree['route'], problems);
  if (route !== undefined) {
    const known = {
      receivers: new Set(receiverNames(tree['receivers'])),
      intervals: new Set(intervals.keys()),
    };
    checkRoutes(route, known, problems);
  }
  const templates = readTemplates(tree['templates'], options, problems);
  checkTemplates(templates, receivers, problems);
  problems.throwIfAny(options.file, document, lines);
  // For the types: where one of them is missing, a problem says so and was thrown above.
  if (global === undefined || route === undefined) throw new ConfigError([]);
  const { route: routes, inhibit_rules: inhibitions } = tree;
  warnings.push(...olderMatchers({ route: routes, inhibit_rules: inhibitions }));
  return {
    global,
    root: routeTree(route),
    receivers,
    inhibitRules,
    intervals,
    templates,
    shown: shownConfig(document),
    warnings,
  };
}

/** Makes each channel once, because only then its texts meet the files that they call. */
function checkTemplates(
  templates: readonly TemplateFile[],
  receivers: readonly ReceiverDefinition[],
  problems: ProblemList,
): void {
  const attempt = (path: readonly (string | number)[], act: () => unknown): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.add(path, `Cannot use this template: ${error.message}`);
      return false;
    }
  };
  if (!attempt(['templates'], () => templateLibrary(templates))) return;
  const setup = { clientName: '', externalUrl: '', templates };
  for (const receiver of receivers) attempt(receiver.path, () => receiver.create(setup));
}

type TextMap = Readonly<Record<string, TextTree>>;

function topLevel(document: Document, problems: ProblemList): TextMap {
  let tree: TextTree | undefined;
  try {
    tree = textTree(document);
  } catch (error) {
    problems.add([], `Cannot read the file: ${(error as Error).message}`);
  }
  if (tree === undefined) return {};
  if (typeof tree === 'string' || Array.isArray(tree)) {
    problems.add([], 'Cannot use this value: expected a map');
    return {};
  }
  for (const key of Object.keys(tree)) {
    if (!TOP_LEVEL.includes(key)) problems.add([key], `Unknown key "${key}"`);
  }
  return tree as TextMap;
}

interface Reading {
  readonly path: readonly (string | number)[];
  readonly problems: ProblemList;
}

function readWith<Value>(
  schema: v.GenericSchema<unknown, Value>,
  entry: unknown,
  { path, problems }: Reading,
): Value | undefined {
  const result = v.safeParse(schema, entry);
  if (result.success) return result.output;
  problems.addBelow(path, result.issues.map(entryProblem));
  return undefined;
}

function readList<Value>(
  schema: v.GenericSchema<unknown, Value>,
  tree: TextMap,
  { key, problems }: { readonly key: string; readonly problems: ProblemList },
): readonly Value[] {
  const list = v.array(schema, 'expected a list');
  return readWith(list, tree[key] ?? [], { path: [key], problems }) ?? [];
}

function readIntervals(tree: TextMap, problems: ProblemList): ReadonlyMap<string, TimeInterval> {
  const found = new Map<string, TimeInterval>();
  for (const key of ['mute_time_intervals', 'time_intervals']) {
    for (const [index, interval] of readList(timeIntervalSchema, tree, {
      key,
      problems,
    }).entries()) {
      if (found.has(interval.name)) {
        problems.add([key, index, 'name'], `A second time interval "${interval.name}"`);
      }
      found.set(interval.name, interval);
    }
  }
  return found;
}

function readRoute(entry: TextTree | undefined, problems: ProblemList): RouteEntry | undefined {
  if (entry !== undefined) return readWith(routeSchema, entry, { path: ['route'], problems });
  problems.add([], 'Missing key "route": a root route with a receiver is needed');
  return undefined;
}

/** Also of receivers that could not be read, so that one problem is not told twice. */
function receiverNames(list: TextTree | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: TextTree) => {
    const name = (entry as { readonly name?: TextTree }).name;
    return typeof name === 'string' ? [name] : [];
  });
}

function readTemplates(
  list: TextTree | undefined,
  { folder }: AlertmanagerFileOptions,
  problems: ProblemList,
): readonly TemplateFile[] {
  if (list === undefined) return [];
  const patterns = readWith(v.array(v.string('expected a file name'), 'expected a list'), list, {
    path: ['templates'],
    problems,
  });
  return (patterns ?? []).flatMap((pattern, index): TemplateFile[] => {
    try {
      return globPaths(pattern, folder).map((path) => {
        return { name: relative(folder, path), text: readFileSync(path, 'utf8') };
      });
    } catch (error) {
      problems.add(['templates', index], `Cannot read "${pattern}": ${(error as Error).message}`);
      return [];
    }
  });
}
