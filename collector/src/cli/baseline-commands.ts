import { type Command, Option } from 'commander';

import {
  buildFromFleet,
  listBaselines,
  pullBaseline,
  pushBaseline,
  type RemoteFlags,
  type StreamFlags,
} from './baseline-remote.ts';
import type { CommandIo } from './command-io.ts';
import {
  addBuildFlags,
  type BuildFlags,
  buildBaselines,
  buildOptionsOf,
} from '@telltale/baseline-tool';

const URL_DEFAULT = 'http://127.0.0.1:9465';

type BuildOptions = BuildFlags &
  Omit<RemoteFlags, 'url'> & {
    readonly from?: string;
    readonly stream?: string;
    readonly of: string;
  };

/** `baseline build`, `push`, `pull` and `list`. */
export function addBaselineCommands(program: Command, io: CommandIo): void {
  const baseline = program
    .command('baseline')
    .description('make baselines for drift, and share them over the service');
  const withKey = (command: Command): Command =>
    command
      .option('--key-file <file>', 'API key, the first line of a file')
      .option('--key-env <name>', 'API key, from an environment variable');
  const remote = (command: Command): Command =>
    withKey(command.option('--url <url>', 'API of the service', URL_DEFAULT));
  addBuild(withKey(addBuildFlags(baseline.command('build'))), io);
  remote(baseline.command('push'))
    .description('send a baseline file to the service: it becomes the current one')
    .argument('<file>', 'baseline file')
    .action(async (file: string, flags: RemoteFlags) =>
      io.exit(await pushBaseline(file, flags, io)),
    );
  remote(streamOptions(baseline.command('pull')))
    .description('get the current baseline of a stream')
    .requiredOption('--stream <name>', 'name of the stream')
    .action(async (flags: RemoteFlags & StreamFlags) => io.exit(await pullBaseline(flags, io)));
  remote(baseline.command('list'))
    .description('list the baselines that the service keeps')
    .option('--json', 'print the answer of the service')
    .action(async (flags: RemoteFlags) => io.exit(await listBaselines(flags, io)));
}

function streamOptions(command: Command): Command {
  return command
    .requiredOption('--model <name>', 'name of the model')
    .option('--version <version>', 'version of the model; none holds for any', '')
    .addOption(
      new Option('--direction <direction>', 'whether it goes into the model or comes out of it')
        .choices(['input', 'output'])
        .default('output'),
    )
    .option('--segment <name>', 'part of the traffic')
    .option('--season <name>', 'part of the week')
    .option('--out <file>', 'file to write; a folder for several columns');
}

function addBuild(command: Command, io: CommandIo): void {
  command
    .description('make baseline files out of a table, or of what a running fleet sent')
    .argument('[table]', 'separated values with a header, JSON lines or Parquet')
    .option('--from <url>', 'API of a service: build of what its instances sent')
    .option('--stream <name>', 'with --from: name of the stream')
    .addOption(
      new Option('--of <what>', 'with --from: samples that instances uploaded, or merged values')
        .choices(['samples', 'histogram'])
        .default('samples'),
    )
    .action(async (table: string | undefined, flags: BuildOptions) =>
      io.exit(await build(table, flags, io)),
    );
}

async function build(
  table: string | undefined,
  flags: BuildOptions,
  io: CommandIo,
): Promise<number> {
  const { from, stream, direction = 'output' } = flags;
  if ((table === undefined) === (from === undefined)) {
    io.stderr('Cannot build: name either a table or a service with --from\n');
    return 1;
  }
  if (table !== undefined) return buildFromTable(table, flags, io);
  if (from !== undefined && stream !== undefined) {
    return buildFromFleet({ ...flags, direction, url: from, stream }, io);
  }
  io.stderr('Cannot build of a fleet: name the stream with --stream\n');
  return 1;
}

async function buildFromTable(table: string, flags: BuildFlags, io: CommandIo): Promise<number> {
  const built = await buildBaselines(buildOptionsOf(table, flags, Date.now()));
  for (const warning of built.warnings) io.stderr(`${warning}\n`);
  if (built.output !== '') io.stdout(`${built.output}\n`);
  return built.exitCode;
}
