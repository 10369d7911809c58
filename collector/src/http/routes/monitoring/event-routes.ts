import type { ShownChange } from '../../../exchange/shown-change.ts';
import type { EventStream, Route, ServerResponse } from '../../message.ts';
import type { MonitoringApi } from './api.ts';
import { refusal } from './parameters.ts';

/** Pages that listen at once. */
const STREAMS_MAX = 50;

/** Changes of this long are told together. */
const GATHER_MS = 250;

/** A silent connection is closed by proxies, so it says something this often. */
const HEARTBEAT_MS = 15_000;

/** More alerts than these are read as a whole. */
const IDS_MAX = 100;

/**
 * `GET /monitoring/events`: server-sent events, each the name of what a page should read again. The
 * data of `alerts` is `{"ids": […]}` when these and no other alerts changed, else `{}`.
 */
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
  const changed = new GatheredChanges();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    for (const { what, ...data } of changed.take()) {
      stream.write(`event: ${what}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  };
  stream.write(': connected\n\n');
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  const unsubscribe = api.subscribe((change) => {
    if (change === undefined) {
      stream.end();
      return;
    }
    changed.add(change);
    timer ??= setTimeout(tell, GATHER_MS);
    timer.unref();
  });
  stream.signal.addEventListener('abort', () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    unsubscribe();
  });
}

/** Changes that are told together. */
class GatheredChanges {
  /** The alerts by kind of change; `undefined` when any may have changed. */
  readonly #ids: Map<ShownChange['what'], Set<string> | undefined> = new Map();

  add({ what, ids }: ShownChange): void {
    const known = this.#ids.has(what) ? this.#ids.get(what) : new Set<string>();
    const all = ids === undefined || known === undefined ? undefined : new Set([...known, ...ids]);
    this.#ids.set(what, all !== undefined && all.size <= IDS_MAX ? all : undefined);
  }

  take(): readonly ShownChange[] {
    const changes = [...this.#ids].map(([what, ids]) =>
      ids === undefined ? { what } : { what, ids: [...ids] },
    );
    this.#ids.clear();
    return changes;
  }
}
