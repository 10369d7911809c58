import * as v from 'valibot';

import type { SeverityOptions } from '../../model/severity.ts';
import type { Channel } from './channel.ts';
import type { Secret } from './fields.ts';
import type { GlobalSettings } from './global-settings.ts';
import type { TemplateFile } from './template-file.ts';

/** What every channel of one loaded configuration shares. */
export interface ChannelSetup {
  /** `Telltale/1.2.3`. */
  readonly clientName: string;
  readonly externalUrl: string;
  readonly templates: readonly TemplateFile[];
  /** Secrets of Standard Webhooks by the receiver's name. */
  readonly signingSecrets?: Readonly<Record<string, Secret>>;
  /** Which label says how bad an alert is; absent: the usual one. */
  readonly severity?: SeverityOptions;
}

/** One thing wrong with an entry; the path is below the entry: `['http_config', 'proxy_url']`. */
export interface EntryProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type ReadEntry =
  | { readonly kind: 'good'; readonly create: (setup: ChannelSetup) => Channel }
  | { readonly kind: 'bad'; readonly problems: readonly EntryProblem[] };

/** One kind of destination as the loader of `alertmanager.yml` sees it. */
export interface ChannelKind {
  /** Alertmanager's name: `slack`. */
  readonly type: string;
  /** The list of a receiver that holds its entries: `slack_configs`. */
  readonly key: string;
  /** Keys whose values are shown as `<secret>`, at whatever depth. */
  readonly secretKeys: readonly string[];
  /** Checks one entry, whose scalars are all texts (see `fields.ts`). */
  read(entry: unknown, global: GlobalSettings): ReadEntry;
}

export interface ChannelDefinition<Entry, Config> {
  readonly type: string;
  readonly key: string;
  readonly secretKeys?: readonly string[];
  /** Strict: keys that it does not name are refused. */
  readonly schema: v.GenericSchema<unknown, Entry>;
  /** Fills in what `global` gives. Returns problems when something is missing then. */
  readonly complete: (entry: Entry, global: GlobalSettings) => Completed<Config>;
  readonly create: (config: Config, setup: ChannelSetup) => Channel;
}

export type Completed<Config> =
  | { readonly config: Config }
  | { readonly problems: readonly EntryProblem[] };

/** Makes the row of a channel for `kinds.ts`. */
export function channelKind<Entry, Config>(
  definition: ChannelDefinition<Entry, Config>,
): ChannelKind {
  const { type, key, secretKeys = [], schema, complete, create } = definition;
  return {
    type,
    key,
    secretKeys,
    read: (entry, global) => {
      const result = v.safeParse(schema, entry);
      if (!result.success) return { kind: 'bad', problems: result.issues.map(entryProblem) };
      const completed = complete(result.output, global);
      if ('problems' in completed) return { kind: 'bad', problems: completed.problems };
      return { kind: 'good', create: (setup) => create(completed.config, setup) };
    },
  };
}

/** A problem of a schema in words; a key that is not known, or not there, is named. */
export function entryProblem(issue: v.BaseIssue<unknown>): EntryProblem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const key = String(path.at(-1) ?? '');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { path, message: `Unknown key "${key}"` };
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    return { path, message: `Missing key "${key}"` };
  }
  if (issue.message.startsWith('Invalid ')) {
    return { path, message: `Cannot use this value: expected ${expectedOf(issue)}` };
  }
  return { path, message: `Cannot use this value: ${issue.message}` };
}

function expectedOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'Array') return 'a list';
  return issue.expected === 'Object' ? 'a map' : (issue.expected ?? issue.type);
}
