import { Command } from 'commander';

import { addBaselineCommands } from './baseline-commands.ts';
import type { CommandIo } from './command-io.ts';
import { addConfigCommands } from './config-commands.ts';
import { addNotifyCommands } from './notify/notify-commands.ts';
import { addRulesCommands } from './rules/rules-commands.ts';
import { addServeCommands } from './serve-command.ts';

/** Adds one command, or a family of them, to the program. */
export type AddCommand = (program: Command, io: CommandIo) => void;

const COMMANDS: readonly AddCommand[] = [
  addServeCommands,
  addRulesCommands,
  addConfigCommands,
  addBaselineCommands,
  addNotifyCommands,
];

/** The whole command line of `telltale-collector`. */
export function createProgram(io: CommandIo): Command {
  const program = new Command('telltale-collector')
    .description('The alert service: OTLP in, Prometheus rules on the stream, notifications out.')
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .showHelpAfterError();
  for (const addCommand of COMMANDS) addCommand(program, io);
  return program;
}
