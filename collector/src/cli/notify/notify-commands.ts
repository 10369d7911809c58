import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import { isConfigError } from '../../config/config-error.ts';
import type { CommandIo } from '../command-io.ts';
import { previewNotification } from './notify-preview.ts';
import { openReceiver } from './notify-receiver.ts';
import { sampleNotification } from './notify-sample.ts';
import { sendSample } from './notify-test.ts';

const EXIT_CONFIG = 2;

interface SampleFlags {
  readonly config?: string;
  readonly alert: string;
  readonly label: Readonly<Record<string, string>>;
}

/** `notify test` and `notify preview`. */
export function addNotifyCommands(program: Command, io: CommandIo): void {
  const notify = program.command('notify').description('try out the receivers of a configuration');
  const withSample = (command: Command): Command =>
    command
      .argument('<receiver>', 'name of a receiver')
      .option('--config <file>', 'configuration; telltale.yaml when there is one')
      .option('--alert <name>', 'name of the sample alert', 'TelltaleTest')
      .option('--label <name=value>', 'label of the sample alert, may be repeated', addLabel, {});
  withSample(
    notify
      .command('test')
      .description('send a sample alert the way a real one goes, and print the answer'),
  ).action((name: string, flags: SampleFlags) =>
    run(io, async () => {
      const receiver = openReceiver(name, flags.config);
      return sendSample(receiver, sampleNotification(receiver, flags), io);
    }),
  );
  withSample(
    notify
      .command('preview')
      .description('write what would be sent for a sample alert into a folder')
      .requiredOption('--out <folder>', 'where the files go'),
  ).action((name: string, flags: SampleFlags & { readonly out: string }) =>
    run(io, () => {
      const receiver = openReceiver(name, flags.config);
      const sample = sampleNotification(receiver, flags);
      return Promise.resolve(previewNotification(receiver, sample, { io, folder: flags.out }));
    }),
  );
}

async function run(io: CommandIo, act: () => Promise<number>): Promise<void> {
  try {
    io.exit(await act());
  } catch (error) {
    if (!isConfigError(error)) throw error;
    io.stderr(`${error.message}\n`);
    io.exit(EXIT_CONFIG);
  }
}

function addLabel(
  text: string,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected name=value');
  return { ...labels, [text.slice(0, equals)]: text.slice(equals + 1) };
}
