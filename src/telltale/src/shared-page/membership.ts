import { connect, type Socket } from 'node:net';

import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

import { onJsonLine, sendJson } from './json-lines.ts';
import type { SocketPlace } from './socket-place.ts';
import { PAGE_FORMATS, type PageFormat, type ThreadPage } from './thread-page.ts';

const ASK_LENGTH_MAX = 1_000;

/** This process shows what it watches on the page of another one. */
export interface Membership {
  /** Resolves when the other process is gone, or has given the page up. */
  readonly ended: Promise<void>;
  leave(): void;
}

/**
 * Joins the process that serves the page; `undefined` when no process of the group does. `write` is
 * called at each request for the page. The connection keeps no process alive.
 */
export async function joinPage(
  place: SocketPlace,
  write: (format: PageFormat) => Promise<readonly ThreadPage[]>,
): Promise<Membership | undefined> {
  for (const path of place.others()) {
    const socket = await connectTo(path);
    if (socket !== undefined) return serve(socket, write);
  }
  return undefined;
}

function serve(
  socket: Socket,
  write: (format: PageFormat) => Promise<readonly ThreadPage[]>,
): Membership {
  onJsonLine(socket, {
    lengthMax: ASK_LENGTH_MAX,
    hear: (value) => {
      const { format } = value as { format: PageFormat };
      if (!PAGE_FORMATS.includes(format)) return;
      write(format).then(
        (pages) => sendJson(socket, { format, pages }),
        // The last answer stays.
        () => sendJson(socket, { format }),
      );
    },
  });
  return {
    ended: new Promise((resolve) => {
      if (socket.destroyed) resolve();
      socket.once('close', () => resolve());
    }),
    leave: () => socket.destroy(),
  };
}

/** Not the application's traffic, so no instrumentation of `net` makes a span of it. */
const connectTo = (path: string): Promise<Socket | undefined> =>
  context.with(
    suppressTracing(context.active()),
    () =>
      new Promise<Socket | undefined>((resolve) => {
        const socket = connect({ path });
        socket.unref();
        socket.once('connect', () => resolve(socket));
        socket.on('error', () => resolve(undefined));
      }),
  );
