import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { problemText } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { isKeyWanted, keyCount } from '../browser/session.ts';

export interface Reading<Value> {
  /** What was read last; it stays while it is read again. */
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  readonly reload: () => void;
}

export interface ReadingOptions {
  /** Read again after this long, while the page is visible. */
  readonly everyMs?: number;
  /** Read again after these events of the service. */
  readonly events?: readonly string[];
}

interface State<Value> {
  readonly key: string;
  readonly value?: Value;
  readonly problem?: string | undefined;
}

/** Reading again waits at least this long, and as long as reading took several times. */
const GAP_MS_MIN = 1000;
const GAP_FACTOR = 3;

/**
 * Something of the service, read at once, when `key` changes, after events and from time to time.
 *
 * @param load must depend on nothing but `key`.
 */
export function useReading<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  key: string,
  { everyMs, events = [] }: ReadingOptions = {},
): Reading<Value> {
  const [state, setState] = useState<State<Value>>({ key });
  const loadNow = useRef(load);
  loadNow.current = load;
  const reader = useMemo(
    () =>
      createReader(
        (signal) => loadNow.current(signal),
        (change) =>
          setState((before) => ({ ...(before.key === key ? before : {}), key, ...change })),
      ),
    [key],
  );
  useEffect(() => {
    reader.reload();
    const stops = events.map((name) => onEvent(name, reader.reloadSoon));
    const timer = everyMs === undefined ? undefined : setInterval(() => tick(reader), everyMs);
    stops.push(keyCount.subscribe(() => keyCount.peek() > 0 && reader.reload()));
    return () => {
      for (const stop of stops) stop();
      clearInterval(timer);
      reader.stop();
    };
  }, [reader, everyMs, events.join(' ')]);
  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    problem: isCurrent ? state.problem : undefined,
    reload: reader.reload,
  };
}

function tick(reader: Reader): void {
  if (document.visibilityState === 'visible' && !isKeyWanted.peek()) reader.reloadSoon();
}

export interface Reader {
  readonly reload: () => void;
  /** The same, but not more often than the service can bear. */
  readonly reloadSoon: () => void;
  readonly stop: () => void;
}

/** Reads one thing, never twice at once; the last wish wins. */
export function createReader<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  take: (change: { value?: Value; problem?: string | undefined }) => void,
): Reader {
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let freeAtMs = 0;
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    running?.abort();
    const own = new AbortController();
    running = own;
    const beganMs = performance.now();
    try {
      const value = await load(own.signal);
      if (running === own) take({ value, problem: undefined });
    } catch (error) {
      if (running === own) take({ problem: problemText(error) });
    }
    if (running !== own) return;
    running = undefined;
    const endedMs = performance.now();
    freeAtMs = endedMs + Math.max(GAP_MS_MIN, (endedMs - beganMs) * GAP_FACTOR);
  };
  const soon = (): void => {
    if (timer !== undefined) return;
    const waitMs = running === undefined ? freeAtMs - performance.now() : GAP_MS_MIN;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (running === undefined) void run();
        else soon();
      },
      Math.max(0, waitMs),
    );
  };
  return {
    reload: () => void run(),
    reloadSoon: soon,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      running?.abort();
      running = undefined;
    },
  };
}
