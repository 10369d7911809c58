import type { Integration, Receiver } from '../../notify/channels/channel.ts';
import type { GlobalSettings } from '../../notify/channels/global-settings.ts';
import type { ChannelSetup, ReadEntry } from '../../notify/channels/kind.ts';
import { CHANNEL_KINDS } from '../../notify/channels/kinds.ts';
import type { ProblemList } from './problem.ts';
import type { TextTree } from './text-tree.ts';

/** A receiver that was read; its channels are made when the rest of the configuration is good. */
export interface ReceiverDefinition {
  readonly name: string;
  /** Where it stands in the file. */
  readonly path: readonly (string | number)[];
  create(setup: ChannelSetup): Receiver;
}

/** Alertmanager's own kinds that have no channel here, until one is written. */
const OTHER_KEYS = [
  'discord_configs',
  'email_configs',
  'incidentio_configs',
  'pagerduty_configs',
  'slack_configs',
  'opsgenie_configs',
  'wechat_configs',
  'pushover_configs',
  'victorops_configs',
  'sns_configs',
  'telegram_configs',
  'webex_configs',
  'msteams_configs',
  'msteamsv2_configs',
  'jira_configs',
  'rocketchat_configs',
  'mattermost_configs',
];

export interface ReadingReceivers {
  readonly global: GlobalSettings;
  /** Leave out entries of kinds that we do not have, instead of refusing the file. */
  readonly ignoresUnsupported: boolean;
  readonly problems: ProblemList;
  readonly warnings: string[];
}

/** Reads the `receivers` list; what is wrong goes to `problems`. */
export function readReceivers(
  list: TextTree | undefined,
  reading: ReadingReceivers,
): readonly ReceiverDefinition[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reading.problems.add(['receivers'], 'Cannot use this value: expected a list');
    return [];
  }
  const names = new Set<string>();
  return list.flatMap((entry: TextTree, index): ReceiverDefinition[] => {
    const path = ['receivers', index];
    if (!isMap(entry)) {
      reading.problems.add(path, 'Cannot use this value: expected a map');
      return [];
    }
    const { name } = entry;
    if (typeof name !== 'string' || name === '') {
      reading.problems.add(path, 'Missing key "name"');
      return [];
    }
    if (names.has(name)) reading.problems.add([...path, 'name'], `A second receiver "${name}"`);
    names.add(name);
    const makers = readEntries(entry, path, reading);
    return [
      {
        name,
        path,
        create: (setup) => ({ name, integrations: makers.map((make) => make(setup)) }),
      },
    ];
  });
}

type MakeIntegration = (setup: ChannelSetup) => Integration;

function readEntries(
  receiver: Readonly<Record<string, TextTree>>,
  path: readonly (string | number)[],
  reading: ReadingReceivers,
): readonly MakeIntegration[] {
  return Object.entries(receiver).flatMap(([key, entries]): MakeIntegration[] => {
    if (key === 'name') return [];
    const kind = CHANNEL_KINDS.find((each) => each.key === key);
    if (kind === undefined) {
      refuse(key, path, reading);
      return [];
    }
    if (!Array.isArray(entries)) {
      reading.problems.add([...path, key], 'Cannot use this value: expected a list');
      return [];
    }
    return entries.flatMap((entry: TextTree, index): MakeIntegration[] => {
      const read: ReadEntry = kind.read(entry, reading.global);
      if (read.kind === 'bad') {
        reading.problems.addBelow([...path, key, index], read.problems);
        return [];
      }
      const name = `${kind.type}[${index}]`;
      return [(setup) => ({ name, channel: read.create(setup) })];
    });
  });
}

function refuse(key: string, path: readonly (string | number)[], reading: ReadingReceivers): void {
  if (!OTHER_KEYS.includes(key)) {
    reading.problems.add([...path, key], `Unknown key "${key}"`);
    return;
  }
  if (reading.ignoresUnsupported) {
    reading.warnings.push(`${key} is not supported and is ignored`);
    return;
  }
  const known = CHANNEL_KINDS.map((kind) => kind.key).join(', ');
  reading.problems.add(
    [...path, key],
    `Cannot use ${key}: supported are ${known}; ` +
      'set collector.notify.ignore_unsupported_receivers to true to leave it out',
  );
}

function isMap(tree: TextTree): tree is Readonly<Record<string, TextTree>> {
  return typeof tree === 'object' && !Array.isArray(tree);
}
