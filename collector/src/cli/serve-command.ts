import type { Command } from 'commander';

import { App } from '../app.ts';
import { isConfigError } from '../config/config-error.ts';
import { loadNotifySet } from '../config/notify-set.ts';
import { loadRuleSetStrictly } from '../config/rules/rule-set.ts';
import { loadApiKeys } from '../config/secrets.ts';
import { checkExposure } from '../config/settings.ts';
import { DataFolderError } from '../runtime/data-folder-error.ts';
import { createLog, type Log } from '../runtime/log.ts';
import type { CommandIo } from './command-io.ts';
import { DEFAULT_FILE, loadFile, readVersion } from './load-file.ts';

/** Exit codes besides 0. */
const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;

/** A second signal, or this long, ends a stop that does not come to an end. */
const STOP_MS_MAX = 15_000;

interface ConfigFlags {
  readonly config?: string;
}

/** `serve` and `check`. */
export function addServeCommands(program: Command, io: CommandIo): void {
  const option = ['--config <file>', `configuration; ${DEFAULT_FILE} when there is one`] as const;
  program
    .command('serve')
    .description('run the alert service')
    .option(...option)
    .action((flags: ConfigFlags) => serve(flags, io));
  program
    .command('check')
    .description('check the configuration and the rule files it names, and exit')
    .option(...option)
    .action((flags: ConfigFlags) => io.exit(check(flags, io)));
}

/** Every problem of a configuration on stderr, one a line; nothing is started. */
function check(flags: ConfigFlags, io: CommandIo): number {
  try {
    const { config, folder } = loadFile(flags.config);
    checkExposure(config, flags.config ?? DEFAULT_FILE);
    loadApiKeys(config.api_keys, { folder, env: process.env });
    const { groups, warnings } = loadRuleSetStrictly(config, folder);
    const { alertmanager } = loadNotifySet(config, folder);
    for (const warning of [...warnings, ...(alertmanager?.warnings ?? [])])
      io.stderr(`Warning: ${warning}\n`);
    const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
    io.stdout(`The configuration is good: ${groups.length} rule groups with ${rules} rules\n`);
    return 0;
  } catch (error) {
    if (!isConfigError(error)) throw error;
    io.stderr(`${error.message}\n`);
    return EXIT_CONFIG;
  }
}

async function serve(flags: ConfigFlags, io: CommandIo): Promise<void> {
  let log: Log | undefined;
  try {
    log = createLog(loadFile(flags.config).config.log.level);
    const app = new App({
      load: () => loadFile(flags.config),
      log,
      version: readVersion(),
      env: process.env,
    });
    stopOnSignals(app, log);
    await app.start();
  } catch (error) {
    const isExpected = isConfigError(error) || error instanceof DataFolderError;
    io.stderr(`${isExpected ? error.message : describe(error)}\n`);
    process.exit(isConfigError(error) ? EXIT_CONFIG : EXIT_FAILED);
  }
}

function stopOnSignals(app: App, log: Log): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(EXIT_FAILED);
    isStopping = true;
    log.info({ signal }, 'Received a signal');
    setTimeout(() => process.exit(EXIT_FAILED), STOP_MS_MAX).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error: describe(error) }, 'Cannot stop gracefully');
        process.exit(EXIT_FAILED);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => app.reload('SIGHUP'));
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Cannot listen: ${message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
