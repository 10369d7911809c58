import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

import { readMail } from './read-mail.ts';

export interface Mail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** As it came over the wire. */
  readonly source: string;
}

/** A mail server that keeps what it gets, on a free port of the loopback interface. */
export async function startMailSink(
  onMail: (mail: Mail) => void,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        const source = Buffer.concat(chunks).toString('utf8');
        onMail({ ...readMail(source), source });
        callback();
      });
    },
  });
  // A client that goes away in the middle is no reason to end the demo.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
