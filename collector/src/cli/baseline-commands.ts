import { type Command, Option } from 'commander';

import { type BuildFlags, buildFromCsv } from './baseline-build.ts';
import {
  buildFromFleet,
  listBaselines,
  pullBaseline,
  pushBaseline,
  type RemoteFlags,
  type StreamFlags,
} from './baseline-remote.ts';
import type { CommandIo } from './command-io.ts';

const URL_DEFAULT = 'http://127.0.0.1:9465';

type BuildOptions = Omit<BuildFlags, 'column'> &
  Omit<RemoteFlags, 'url'> & {
    readonly column: readonly string[];
    readonly from?: string;
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
  addBuild(withKey(streamOptions(baseline.command('build'))), io);
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
    .description('build baselines of columns of a CSV file, or of what a running fleet sent')
    .argument('[csv]', 'CSV file with a header')
    .option('--column <name>', 'column, may be given more than once', collect, [])
    .option('--stream <name>', 'name of the stream; the name of the column unless given')
    .addOption(
      new Option('--kind <kind>', 'what the values are')
        .choices(['auto', 'score', 'confidence', 'numeric', 'categorical'])
        .default('auto'),
    )
    .option('--unordered', 'rows are in no order of time')
    .option('--from <url>', 'API of a service: build of what its instances sent')
    .addOption(
      new Option('--of <what>', 'with --from: samples that instances uploaded, or merged values')
        .choices(['samples', 'histogram'])
        .default('samples'),
    )
    .action(async (csv: string | undefined, flags: BuildOptions) =>
      io.exit(await build(csv, flags, io)),
    );
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

async function build(csv: string | undefined, flags: BuildOptions, io: CommandIo): Promise<number> {
  const { from, stream } = flags;
  const names = flags.column.length === 0 && stream !== undefined ? [stream] : flags.column;
  if ((csv === undefined) === (from === undefined)) {
    io.stderr('Cannot build: name either a CSV file or a service with --from\n');
    return 1;
  }
  if (csv !== undefined) {
    if (names.length > 0) return buildFromCsv(csv, { ...flags, column: names }, io);
    io.stderr('Cannot build: name a column with --column\n');
    return 1;
  }
  if (from !== undefined && stream !== undefined) {
    return buildFromFleet({ ...flags, url: from, stream }, io);
  }
  io.stderr('Cannot build of a fleet: name the stream with --stream\n');
  return 1;
}
