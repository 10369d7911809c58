import { readFileSync } from 'node:fs';

import { type Command, InvalidArgumentError, Option } from 'commander';

import { readKey } from '../drift/monitoring-client.ts';
import { recordAndWrite } from '../profile/record.ts';
import { writeOutput } from '../profile/write-output.ts';
import {
  functionChanges,
  isProfileFormat,
  PROFILE_FORMATS,
  Profile,
  parseCpuProfile,
  renderChanges,
  renderDifference,
  stacksOf,
} from '@telltale/instrumentation-profiler/process';

const SECONDS_DEFAULT = 10;
const RATE_DEFAULT = 100;
const NATIVE_ADVICE =
  'Cannot show native stacks: run the program with --perf-basic-prof --interpreted-frames-native-stack under "perf record -g", then "perf script" and flamegraph.pl';

interface ProfileOptions {
  readonly pid?: number;
  readonly duration?: number;
  readonly rate: number;
  readonly format: string;
  readonly output?: string;
  readonly idle: boolean;
  readonly workers: boolean;
  readonly heap: boolean;
  readonly native: boolean;
  readonly url: string;
  readonly keyFile?: string;
}

/** Adds `profile` and everything below it. */
export function addProfileCommands(program: Command): void {
  const profile = program
    .command('profile')
    .description('Records where the time of a Node.js process goes, as a flamegraph')
    .argument('[command...]', 'a script with its arguments, or a program with its own after --')
    .passThroughOptions()
    .addOption(new Option('--pid <number>', 'a process that runs').argParser(wholeNumber))
    .addOption(
      new Option(
        '-d, --duration <seconds>',
        'how long; a program otherwise runs to its end',
      ).argParser(positiveNumber),
    )
    .addOption(
      new Option('-r, --rate <hertz>', 'samples a second')
        .argParser(positiveNumber)
        .default(RATE_DEFAULT),
    )
    .addOption(
      new Option('-f, --format <format>', 'how it is written')
        .choices([...PROFILE_FORMATS])
        .default('svg'),
    )
    .option('-o, --output <file>', 'where it is written, - for standard output')
    .option('--idle', 'also show time in which the process waited', false)
    .option('--workers', 'also record worker threads and child processes', false)
    .option('--heap', 'record who allocates what stays in memory instead', false)
    .option('--native', 'says how to see native stacks', false)
    .option('--url <address>', 'where Telltale in the process answers', 'http://127.0.0.1:9464')
    .option('--key-file <file>', 'file with the key; default: TELLTALE_API_KEY')
    .addHelpText(
      'after',
      `
A process with Telltale in it is asked over its own endpoint; any other over its inspector, which is
opened on loopback and closed again. One sample every 10 ms costs about 0.3 % of a busy CPU.

Examples:
  $ telltale profile --pid 4711
  $ telltale profile -f text server.js --port 3000
  $ telltale profile --workers -o build.svg -- npm run build
  $ telltale profile diff before.cpuprofile after.cpuprofile`,
    )
    .action(async (command: string[], options: ProfileOptions) => {
      process.exitCode = await record(command, options);
    });
  addSummary(profile);
  addDifference(profile);
}

async function record(command: readonly string[], options: ProfileOptions): Promise<number> {
  if (options.native) return refuse(NATIVE_ADVICE);
  if ((options.pid === undefined) === (command.length === 0)) {
    return refuse('Cannot profile: give either --pid or a script; see telltale profile --help');
  }
  if (!isProfileFormat(options.format)) return refuse(`Cannot write ${options.format}`);
  const { format } = options;
  return recordAndWrite({
    pid: options.pid,
    command,
    format,
    seconds: options.duration ?? SECONDS_DEFAULT,
    hasDuration: options.duration !== undefined,
    intervalMs: 1000 / options.rate,
    hasIdle: options.idle,
    hasWorkers: options.workers,
    isHeap: options.heap,
    output: { format, file: options.output, isHeap: options.heap },
    url: options.url,
    key: readKey(options.keyFile, process.env),
  });
}

function addSummary(profile: Command): void {
  profile
    .command('summary')
    .description('Says in text what is in a .cpuprofile')
    .argument('<file>', 'the .cpuprofile')
    .action((file: string) =>
      told(() => {
        const shown = new Profile([{ thread: 'main', profile: readProfile(file) }], {
          title: file,
          startMs: 0,
          hasIdle: false,
        });
        process.stdout.write(shown.toText());
      }),
    );
}

function addDifference(profile: Command): void {
  profile
    .command('diff')
    .description('Compares two .cpuprofile files: the functions that grew, and a flamegraph of it')
    .argument('<before>', 'the earlier .cpuprofile')
    .argument('<after>', 'the later one')
    .option('-o, --output <file>', 'write the flamegraph there')
    .action((before: string, after: string, { output }: { output?: string }) =>
      told(() => {
        const [earlier, later] = [stacksOf(readProfile(before)), stacksOf(readProfile(after))];
        process.stdout.write(renderChanges(functionChanges(earlier, later)));
        if (output === undefined) return;
        const picture = renderDifference(earlier, later, {
          title: `${before} > ${after}`,
          subtitle: 'Width is the share of the later profile',
        });
        process.stderr.write(`${writeOutput(picture, { format: 'svg', file: output })}\n`);
      }),
    );
}

function readProfile(file: string): ReturnType<typeof parseCpuProfile> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`Cannot read "${file}": ${(cause as Error).message}`);
  }
  try {
    return parseCpuProfile(text);
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`);
  }
}

function told(run: () => void): void {
  try {
    run();
  } catch (error) {
    process.exitCode = refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

function wholeNumber(text: string): number {
  if (/^\d{1,10}$/u.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Expected a process id, such as 4711.');
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}
