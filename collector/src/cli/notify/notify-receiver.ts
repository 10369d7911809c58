import { ConfigError } from '../../config/config-error.ts';
import { loadNotifySet } from '../../config/notify-set.ts';
import type { CollectorConfig } from '../../config/schema/collector-config.ts';
import { readConfigFile, readSecretFile } from '../../config/secrets.ts';
import type { ChannelContext, Receiver } from '../../notify/channels/channel.ts';
import { channelSetup } from '../../runtime/service/parts/notifier-config.ts';
import { DEFAULT_FILE, loadFile, readVersion } from '../load-file.ts';

/** A receiver of a configuration, with what its channels need to work. */
export interface OpenReceiver {
  readonly receiver: Receiver;
  readonly config: CollectorConfig;
  readonly context: ChannelContext;
}

/** @throws {ConfigError} when the configuration is bad or has no such receiver. */
export function openReceiver(name: string, file: string | undefined): OpenReceiver {
  const { config, folder } = loadFile(file);
  const clientName = `Telltale/${readVersion()}`;
  const notify = loadNotifySet(config, folder);
  const receivers = notify.createReceivers(channelSetup(config, notify, clientName));
  const receiver = receivers.find((each) => each.name === name);
  if (receiver === undefined) {
    const known = receivers.map((each) => `"${each.name}"`).join(', ');
    const message = `Unknown receiver "${name}": the configuration has ${known || 'none'}`;
    throw new ConfigError([{ file: file ?? DEFAULT_FILE, path: '', message }]);
  }
  return {
    receiver,
    config,
    context: {
      nowMs: Date.now(),
      readSecret: (path) => readSecretFile(folder, path),
      readFile: (path) => readConfigFile(folder, path),
    },
  };
}
