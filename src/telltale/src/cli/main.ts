#!/usr/bin/env node
import { Command } from 'commander';

import { printable } from '@telltale/core';

import { PACKAGE_VERSION } from '../version.ts';
import { checkConfig } from './commands/config-check.ts';
import { doctor } from './commands/doctor.ts';
import { addDriftCommands } from './commands/drift.ts';
import { addGpuCommands } from './commands/gpu.ts';
import { addProfileCommands } from './commands/profile.ts';

const DESCRIPTION =
  'Watches machine-learning inference in Node.js the OpenTelemetry way: one flag, traces and metrics of every ONNX Runtime inference.';

// Positional, because commands have a --version of their own: that of a model.
const program = new Command('telltale')
  .description(DESCRIPTION)
  .version(PACKAGE_VERSION)
  .enablePositionalOptions();

program
  .command('doctor')
  .description('Looks at everything that decides whether inferences are seen, and tells what to do')
  .argument('[command...]', 'the command that starts the application, after --')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Looks at the flags, the Node.js version, the copies of OpenTelemetry and ONNX Runtime below
node_modules, the configuration, ONNX Runtime's usage data and the addresses of exports.
Exit code 1 when a check fails.

Examples:
  $ telltale doctor
  $ telltale doctor -- node --require telltale/register server.js`,
  )
  .action(async (command: string[], options: { json?: boolean }) => {
    const { output, exitCode } = await doctor({
      command,
      folder: process.cwd(),
      env: process.env,
      isJson: options.json === true,
    });
    console.log(printable(output));
    process.exitCode = exitCode;
  });

program
  .command('config')
  .description('Works with the configuration')
  .command('check')
  .description('Lists every problem of the configuration file and the environment')
  .argument('[file]', 'the file; default: the one that the application would read')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Prints one line a problem, as file:line:column key: message. Exit code 1 when there is one.

Example:
  $ telltale config check telltale.yaml`,
  )
  .action((file: string | undefined, options: { json?: boolean }) => {
    const { output, exitCode } = checkConfig({
      file,
      folder: process.cwd(),
      env: process.env,
      isJson: options.json === true,
    });
    console.log(printable(output));
    process.exitCode = exitCode;
  });

addDriftCommands(program);
addProfileCommands(program);
addGpuCommands(program);

void program.parseAsync();
