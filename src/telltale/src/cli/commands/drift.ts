import { type Command, InvalidArgumentError, Option } from 'commander';

import { printable } from '@telltale/core';

import { readKey } from '../drift/monitoring-client.ts';
import { driftCompare } from './drift-compare.ts';
import {
  asking,
  type DriftAction,
  driftAct,
  driftPlot,
  driftStatus,
  pullBaseline,
  type StreamChoice,
  showBaseline,
} from './drift-process.ts';
import {
  addBuildFlags,
  type BuildFlags,
  buildBaselines,
  buildOptionsOf,
  type CommandResult,
} from '@telltale/baseline-tool';

const URL_DEFAULT = 'http://127.0.0.1:9464';
const WIDTH_DEFAULT = 80;

interface ProcessOptions extends StreamChoice {
  readonly url: string;
  readonly keyFile?: string;
}

/** Adds `drift` and everything below it. */
export function addDriftCommands(program: Command): void {
  const drift = program.command('drift').description('Looks at drift, and makes baselines');
  addLooks(drift);
  addCompare(drift);
  addActions(drift);
  const baseline = drift.command('baseline').description('Works with baselines');
  addBuild(baseline);
  addBaselineLooks(baseline);
}

function addLooks(drift: Command): void {
  ofProcess(drift.command('status'))
    .description('Lists the streams of a running process')
    .addOption(oneOf('--state <state>', ['learning', 'stable', 'warning', 'drift', 'alert']))
    .option('--json', 'print the answer of the process')
    .action((options: ProcessOptions & { state?: string; json?: boolean }) =>
      run(() =>
        driftStatus(addressOf(options), { ...options, ...look(), isJson: options.json === true }),
      ),
    );
  ofProcess(drift.command('plot').argument('<stream>', 'name of the stream'))
    .description('Draws the window of a stream against its baseline')
    .option('--svg <file>', 'write an SVG file instead')
    .option('--width <columns>', 'width of the drawing; default: the terminal', wholeNumber)
    .action((stream: string, options: ProcessOptions & { svg?: string; width?: number }) =>
      run(() => driftPlot(addressOf(options), stream, { ...look(), ...options })),
    );
}

const COMPARE_HELP = `
Each version is model@version of a running process, whose windows are compared, or a file or folder
of baselines. Exit code 0: all streams alike; 2: one differs, or only one version has it; 1: nothing
could be compared. A stream differs from an effect of 0.05 on that chance explains in at most 1 % of
comparisons in all.

Examples:
  $ telltale drift compare fraud@7 fraud@8
  $ telltale drift compare fraud@7 fraud@8 --other-url http://canary:9464
  $ telltale drift compare baselines/7/ fraud@8 --json`;

function addCompare(drift: Command): void {
  drift
    .command('compare')
    .description('Holds two versions of a model against each other, stream by stream')
    .argument('<first>', 'model@version, or a file or folder of baselines')
    .argument('<second>', 'the same of the other version')
    .option('--url <address>', 'of the monitoring server', URL_DEFAULT)
    .option('--other-url <address>', 'of that of the second version, where it is another process')
    .option('--key-file <file>', 'file with the API key; default: TELLTALE_API_KEY')
    .option('--json', 'print one JSON object')
    .addHelpText('after', COMPARE_HELP)
    .action(
      (
        first: string,
        second: string,
        options: ProcessOptions & { otherUrl?: string; json?: boolean },
      ) =>
        run(() => {
          const address = addressOf(options);
          const { otherUrl = address.url, json } = options;
          const other = { ...address, url: otherUrl };
          return driftCompare(address, [first, second], { other, isJson: json === true });
        }),
    );
}

function addActions(drift: Command): void {
  const act = (options: ProcessOptions & { all?: boolean }, action: DriftAction): Promise<void> =>
    run(() => {
      if (action.stream !== undefined || options.all === true) {
        return driftAct(addressOf(options), action, { ...options, ...look() });
      }
      const message = `Cannot ${action.name} nothing: name a stream, or add --all`;
      return Promise.resolve({ output: '', warnings: [message], exitCode: 1 });
    });
  const command = (name: DriftAction['name'], description: string): Command =>
    ofProcess(drift.command(name).argument('[stream]', 'name of the stream'))
      .description(description)
      .option('--all', 'all streams, or all that the other options leave');
  command('reset', 'Forgets what a stream has seen since its baseline')
    .option('--forget-baseline', 'learn a new baseline as well')
    .action((stream: string | undefined, options: ProcessOptions & { forgetBaseline?: boolean }) =>
      act(options, { name: 'reset', stream, keepBaseline: options.forgetBaseline !== true }),
    );
  command('rebaseline', 'Learns a new baseline; the old one stays until it is accepted').action(
    (stream: string | undefined, options: ProcessOptions) =>
      act(options, { name: 'rebaseline', stream }),
  );
  command('acknowledge', 'Marks the incident of a stream as seen; its state stays')
    .requiredOption('--by <who>', 'who has seen it')
    .action((stream: string | undefined, options: ProcessOptions & { by: string }) =>
      act(options, { name: 'acknowledge', stream, by: options.by }),
    );
}

function addBaselineLooks(baseline: Command): void {
  ofProcess(baseline.command('show').argument('<stream>', 'name of a stream, or a .json file'))
    .description('Shows what a baseline holds')
    .action((stream: string, options: ProcessOptions) =>
      run(() => showBaseline(addressOf(options), stream, options)),
    );
  ofProcess(baseline.command('pull').argument('<stream>', 'name of the stream'))
    .description('Writes the baseline of a running process into a file')
    .requiredOption('--out <file>', 'the file')
    .action((stream: string, options: ProcessOptions & { out: string }) =>
      run(() => pullBaseline(addressOf(options), stream, options)),
    );
}

function addBuild(baseline: Command): void {
  addBuildFlags(
    baseline
      .command('build')
      .description('Makes baseline files out of training data, one a column')
      .argument('<table>', 'separated values with a header, JSON lines or Parquet'),
  )
    .addHelpText('after', BUILD_HELP)
    .action((file: string, flags: BuildFlags) =>
      run(async () => {
        const progress = progressLine();
        const onProgress = progress && ((share: number) => progress.show(share));
        const result = await buildBaselines({
          ...buildOptionsOf(file, flags, Date.now()),
          onProgress,
        });
        progress?.clear();
        return result;
      }),
    );
}

const BUILD_HELP = `
An empty cell is null, and what is no number in a column of numbers is invalid. Columns of fewer
than 20 different numbers are categories. A baseline whose rows differ from each other is written
with a warning, and its streams do not go beyond the state warning. Exit code 1 when a column
cannot be used.

Examples:
  $ telltale drift baseline build train.csv --model fraud --version 7 --out baselines/
  $ telltale drift baseline build scored.csv --model fraud --shuffle \\
      --columns p=probabilities.score --score p --label is_fraud --out baselines/`;

/** Options of every command that asks a process. */
const ofProcess = (command: Command): Command =>
  command
    .option('--url <address>', 'of the monitoring server', URL_DEFAULT)
    .option('--key-file <file>', 'file with the API key; default: TELLTALE_API_KEY')
    .option('--model <name>', 'only streams of this model')
    .option('--version <version>', 'only streams of this version')
    .addOption(oneOf('--direction <direction>', ['input', 'output']))
    .option('--segment <name>', 'only streams of this segment');

const oneOf = (flags: string, choices: readonly string[]): Option =>
  new Option(flags).choices([...choices]);

const addressOf = ({ url, keyFile }: ProcessOptions) => ({
  url,
  key: readKey(keyFile, process.env),
});

const look = () => ({
  width: process.stdout.columns ?? WIDTH_DEFAULT,
  isColored: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
});

async function run(command: () => Promise<CommandResult>): Promise<void> {
  const { output, warnings, exitCode } = await asking(command);
  for (const warning of warnings) console.error(printable(warning));
  if (output !== '') console.log(printable(output));
  process.exitCode = exitCode;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`Expected a whole number: current value is "${text}".`);
}

/** A line on a terminal that tells how far a long file is read; none elsewhere. */
function progressLine(): { show(share: number): void; clear(): void } | undefined {
  const { stderr } = process;
  if (stderr.isTTY !== true) return undefined;
  let shown = -1;
  return {
    show: (share) => {
      const percent = Math.min(100, Math.floor(100 * share));
      // Short files are read at once and need no line.
      if (percent === shown || percent === 100) return;
      shown = percent;
      stderr.write(`\r${percent} %`);
    },
    clear: () => {
      if (shown >= 0) stderr.write('\r\u001B[K');
    },
  };
}
