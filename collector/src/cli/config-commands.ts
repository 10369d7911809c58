import { dirname, isAbsolute, join, resolve } from 'node:path';

import { type Command, InvalidArgumentError } from 'commander';

import { type AlertmanagerConfig, loadAlertmanagerFile } from '../config/alertmanager/load.ts';
import { isConfigError } from '../config/config-error.ts';
import { loadConfig } from '../config/load.ts';
import { parseMatcher } from '../notify/stages/matching/label-matchers.ts';
import { matchRoutes, type Route } from '../notify/stages/routing/route.ts';
import type { CommandIo } from './command-io.ts';

const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;

interface FileFlags {
  readonly config: string;
  readonly alertmanagerConfig?: string;
}

interface RoutesTestFlags extends FileFlags {
  readonly tree?: boolean;
  readonly verifyReceivers?: string;
}

/** `config show`, `config routes show` and `config routes test`, which answer as amtool does. */
export function addConfigCommands(program: Command, io: CommandIo): void {
  const config = program.command('config').description('look at alertmanager.yml');
  const withFile = (command: Command): Command =>
    command
      .option('--config <file>', 'configuration that names alertmanager.yml', 'telltale.yaml')
      .option(
        '--alertmanager-config <file>',
        'an alertmanager.yml, whatever the configuration says',
      );
  withFile(config.command('show').description('print alertmanager.yml as it is understood')).action(
    (flags: FileFlags) => withConfig(flags, io, ({ shown }) => io.stdout(shown)),
  );
  const routes = config.command('routes').description('look at the route tree');
  withFile(routes.command('show').description('print the route tree')).action(
    (flags: FileFlags) => {
      withConfig(flags, io, ({ root }) => {
        io.stdout(
          `Routing tree:\n${drawTree(root, (route) => describeRoute(route, { continues: true, receiver: true }))}\n`,
        );
      });
    },
  );
  withFile(routes.command('test').description('print the receivers of an alert with these labels'))
    .argument('[labels...]', 'labels such as severity=critical')
    .option('--tree', 'print the routes that match')
    .option('--verify-receivers <names>', 'fail unless these receivers are found, comma separated')
    .action((labels: readonly string[], flags: RoutesTestFlags) => {
      withConfig(flags, io, ({ root }) => testRoutes(root, readLabels(labels), { flags, io }));
    });
}

function withConfig(
  { config, alertmanagerConfig }: FileFlags,
  io: CommandIo,
  use: (loaded: AlertmanagerConfig) => void,
): void {
  try {
    use(load(config, alertmanagerConfig));
  } catch (error) {
    if (isConfigError(error)) io.stderr(`${error.message}\n`);
    else if (error instanceof InvalidArgumentError) io.stderr(`error: ${error.message}\n`);
    else throw error;
    io.exit(EXIT_CONFIG);
  }
}

function load(configFile: string, file: string | undefined): AlertmanagerConfig {
  if (file !== undefined) return loadAlertmanagerFile(file, { ignoresUnsupported: true });
  const { config } = loadConfig(configFile);
  const { alertmanager_config: name, notify } = config;
  if (name === undefined) {
    throw new InvalidArgumentError(
      `${configFile} has no collector.alertmanager_config: name a file with --alertmanager-config`,
    );
  }
  const path = isAbsolute(name) ? name : join(dirname(resolve(configFile)), name);
  return loadAlertmanagerFile(path, {
    ignoresUnsupported: notify.ignore_unsupported_receivers,
    name,
  });
}

function readLabels(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((text): [string, string] => {
      const { name, operator, value } = readLabel(text);
      if (operator !== '=') {
        throw new InvalidArgumentError(`labels must be given as name=value: got ${text}`);
      }
      return [name, value];
    }),
  );
}

function readLabel(text: string): ReturnType<typeof parseMatcher> {
  try {
    return parseMatcher(text);
  } catch (error) {
    throw new InvalidArgumentError(`Cannot read the label ${text}: ${(error as Error).message}`);
  }
}

function testRoutes(
  root: Route,
  labels: Readonly<Record<string, string>>,
  { flags, io }: { readonly flags: RoutesTestFlags; readonly io: CommandIo },
): void {
  const found = matchRoutes(root, labels);
  if (flags.tree === true) {
    const isShown = (route: Route): boolean =>
      matchRoutes(route, labels).some((each) => found.includes(each));
    const describe = (route: Route): string =>
      describeRoute(route, { continues: false, receiver: found.includes(route) });
    io.stdout(`Matching routes:\n${drawTree(root, describe, isShown)}\n\n`);
  }
  const receivers = found.flatMap((route) => route.receivers).join(',');
  io.stdout(`${receivers}\n`);
  if (flags.verifyReceivers === undefined || flags.verifyReceivers === receivers) return;
  io.stdout('WARNING: Expected receivers did not match resolved receivers.\n');
  io.exit(EXIT_FAILED);
}

function describeRoute(
  { key, matchers, continues, receivers }: Route,
  shown: { readonly continues: boolean; readonly receiver: boolean },
): string {
  const isRoot = matchers.list.length === 0 && !key.includes('/');
  const name = isRoot ? 'default-route' : matchers.toString();
  const continued = continues && shown.continues ? '  continue: true' : '';
  return `${name}${continued}${shown.receiver ? `  receiver: ${receivers.join(',')}` : ''}`;
}

/** A tree of lines, one a route. */
function drawTree(
  root: Route,
  describe: (route: Route) => string,
  isShown: (route: Route) => boolean = () => true,
): string {
  const draw = (route: Route, indent: string, isLast: boolean): string => {
    const children = route.routes.filter(isShown);
    const line = `${indent}${isLast ? '└── ' : '├── '}${describe(route)}\n`;
    const inner = `${indent}${isLast ? '    ' : '│   '}`;
    return (
      line +
      children.map((child, index) => draw(child, inner, index === children.length - 1)).join('')
    );
  };
  return `.\n${draw(root, '', true)}`;
}
