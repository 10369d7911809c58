import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ChatMessage, startChatSink } from './chat-sink.ts';
import { type Mail, startMailSink } from './mail-sink.ts';

/** Where the alert service sends its messages. */
export interface MessageUrls {
  readonly slackUrl: string;
  readonly teamsUrl: string;
  /** `host:port`. */
  readonly smarthost: string;
}

/** What reached people, in the end. */
export interface MessageCounts {
  readonly sent: number;
  /** In the order in which they first said something. */
  readonly channels: readonly string[];
  /** Holds every message as it would be seen. */
  readonly folder: string;
}

export interface MessageSinks extends MessageUrls {
  counts(): MessageCounts;
  close(): Promise<void>;
}

/**
 * Takes messages as Slack, Teams and a mail server would, keeps each in a file of a folder that
 * outlives the demo, and tells of it in one line.
 */
export async function startMessageSinks(print: (line: string) => void): Promise<MessageSinks> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-demo-messages-'));
  const channels = new Set<string>();
  let sent = 0;
  const keep = (channel: string, title: string, files: Readonly<Record<string, string>>): void => {
    sent += 1;
    channels.add(channel);
    const name = `${String(sent).padStart(4, '0')}-${channel}`;
    const paths = Object.entries(files).map(([extension, text]) => {
      const path = join(folder, `${name}.${extension}`);
      writeFileSync(path, text);
      return path;
    });
    print(`message ${channel.padEnd(6)} ${title.trim()}  ${paths[0] ?? ''}`);
  };
  const chat = await startChatSink(({ channel, title, json }: ChatMessage) =>
    keep(channel, title, { json }),
  );
  const mail = await startMailSink(({ subject, html, text, source }: Mail) =>
    keep('email', subject, { html, txt: text, eml: source }),
  );
  return {
    slackUrl: `${chat.url}/slack`,
    teamsUrl: `${chat.url}/teams`,
    smarthost: `127.0.0.1:${mail.port}`,
    counts: () => ({ sent, channels: [...channels], folder }),
    close: async () => {
      await Promise.all([chat.close(), mail.close()]);
    },
  };
}
