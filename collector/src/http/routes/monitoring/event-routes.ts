import type { EventStream, Route, ServerResponse } from '../../message.ts';
import type { MonitoringApi } from './api.ts';
import { refusal } from './parameters.ts';

/** Pages that listen at once. */
const STREAMS_MAX = 50;

/** Changes of this long are told together. */
const GATHER_MS = 250;

/** A silent connection is closed by proxies, so it says something this often. */
const HEARTBEAT_MS = 15_000;

/** `GET /monitoring/events`: server-sent events, each the name of what a page should read again. */
export function eventRoutes(api: MonitoringApi): Route[] {
  let open = 0;
  const handle = (): ServerResponse => {
    if (open >= STREAMS_MAX) {
      return refusal(503, 'TOO_MANY', `Cannot serve more than ${STREAMS_MAX} event streams`);
    }
    open += 1;
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
      stream: (stream) => {
        follow(api, stream);
        stream.signal.addEventListener('abort', () => {
          open -= 1;
        });
      },
    };
  };
  return [{ method: 'GET', path: '/monitoring/events', scope: 'read', handle }];
}

function follow(api: MonitoringApi, stream: EventStream): void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    for (const what of changed) stream.write(`event: ${what}\ndata: {}\n\n`);
    changed.clear();
  };
  stream.write(': connected\n\n');
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  const unsubscribe = api.subscribe((what) => {
    if (what === undefined) {
      stream.end();
      return;
    }
    changed.add(what);
    timer ??= setTimeout(tell, GATHER_MS);
    timer.unref();
  });
  stream.signal.addEventListener('abort', () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    unsubscribe();
  });
}
