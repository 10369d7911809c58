import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

import { LastAnswers } from './answers.ts';
import { onJsonLine, sendJson } from './json-lines.ts';
import { remove, type SocketPlace } from './socket-place.ts';
import { type HeardPage, PAGE_FORMATS, type PageFormat, type ThreadPage } from './thread-page.ts';

/** A process that computes answers later: its last page stands in. */
const ANSWER_MS = 1_000;
const MEMBERS_MAX = 256;
/** A page of 2,000 series of each metric has some megabytes. */
const ANSWER_LENGTH_MAX = 32 * 1024 * 1024;

/** The other processes whose pages the one of this process shows. */
export interface Members {
  /** What each of them tells; those that are gone are not among them. */
  pages(format: PageFormat): Promise<readonly HeardPage[]>;
  close(): void;
}

/**
 * Lets other processes of this user show what they watch on the page of this one. They connect to a
 * socket that only this user can reach and are asked at each request for the page; one that ends
 * is gone with its connection. Never throws: without the socket the page shows this process alone.
 */
export function admitMembers(place: SocketPlace): Members {
  const members = new Map<Socket, LastAnswers>();
  const server = createServer((socket) => {
    // A page for others must not keep a process that is done, nor may their sockets end it by an error.
    socket.unref();
    socket.on('error', () => {});
    if (members.size >= MEMBERS_MAX) {
      socket.destroy();
      return;
    }
    const answers = new LastAnswers();
    members.set(socket, answers);
    onJsonLine(socket, {
      lengthMax: ANSWER_LENGTH_MAX,
      hear: (value) => {
        const { format, pages } = value as { format: PageFormat; pages?: readonly ThreadPage[] };
        if (!PAGE_FORMATS.includes(format)) return;
        if (pages === undefined || !pages.every(isPage)) answers.refuse(format);
        else answers.hear(format, pages);
      },
    });
    socket.once('close', () => {
      members.delete(socket);
      answers.end();
    });
  });
  const close = listen(server, place);
  return {
    pages: async (format) => {
      const asked = [...members].map(([socket, answers]) =>
        answers.heard(format, { ask: () => sendJson(socket, { format }), timeoutMs: ANSWER_MS }),
      );
      return (await Promise.all(asked)).flat();
    },
    close: () => {
      close();
      for (const socket of members.keys()) socket.destroy();
    },
  };
}

/** Returns what ends it. */
function listen(server: Server, place: SocketPlace): () => void {
  place.prune();
  remove(place.own);
  const removeOwn = (): void => remove(place.own);
  server.unref();
  server.on('error', () => {});
  server.once('listening', () => {
    try {
      chmodSync(place.own, 0o600);
    } catch {
      server.close();
    }
  });
  // Without `exclusive` the worker of a cluster would listen in its primary.
  server.listen({ path: place.own, exclusive: true });
  process.once('exit', removeOwn);
  return () => {
    process.removeListener('exit', removeOwn);
    server.close();
  };
}

/** What an older or newer version sends is taken as far as it has what is needed here. */
const isPage = (value: ThreadPage): boolean =>
  Number.isSafeInteger(value.summary.pid) &&
  Number.isSafeInteger(value.summary.thread_id) &&
  Array.isArray(value.summary.models) &&
  (value.text === undefined || typeof value.text === 'string');
