import { type Signal, signal } from '@preact/signals';

import { isKeyWanted, keyCount } from '../browser/session.ts';
import { send } from './client.ts';

/** What an event says beside its name: the alerts that changed, where it says so. */
export interface EventNews {
  readonly ids?: readonly string[];
}

type Listener = (news: EventNews) => void;

const listeners = new Map<string, Set<Listener>>();

/** Whether changes arrive by themselves now. */
export const isLive: Signal<boolean> = signal(false);

const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 15_000;

/** Calls `listener` after each event of a name, and after a gap in which some may have been missed. */
export function onEvent(name: string, listener: Listener): () => void {
  const known = listeners.get(name) ?? new Set();
  known.add(listener);
  listeners.set(name, known);
  return () => known.delete(listener);
}

/**
 * Follows the service's events for as long as the page is open. Read with `fetch`, because an
 * `EventSource` cannot send an API key.
 */
export async function followEvents(): Promise<never> {
  let retryMs = RETRY_MS_MIN;
  for (;;) {
    const had = isLive.peek();
    await readStream(() => {
      retryMs = RETRY_MS_MIN;
    });
    isLive.value = false;
    await pause(had ? RETRY_MS_MIN : retryMs);
    retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
  }
}

async function readStream(onOpen: () => void): Promise<void> {
  const controller = new AbortController();
  const forget = keyCount.subscribe(dropFirst(() => controller.abort()));
  try {
    const response = await send('monitoring/events', { signal: controller.signal });
    if (response.status === 401) isKeyWanted.value = true;
    if (!response.ok || response.body === null) return;
    onOpen();
    isLive.value = true;
    for (const name of listeners.keys()) tell(name, {});
    let name = '';
    await readLines(response.body, (line) => {
      if (line.startsWith('event: ')) name = line.slice('event: '.length);
      if (line.startsWith('data: ')) tell(name, JSON.parse(line.slice('data: '.length)));
    });
  } catch {
    // Tried again; the page says that it is not live.
  } finally {
    forget();
    controller.abort();
  }
}

function dropFirst(listener: () => void): () => void {
  let isFirst = true;
  return () => {
    if (!isFirst) listener();
    isFirst = false;
  };
}

async function readLines(
  body: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.trimEnd());
  }
}

function tell(name: string, news: EventNews): void {
  for (const listener of listeners.get(name) ?? []) listener(news);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    const forget = keyCount.subscribe(dropFirst(done));
    function done(): void {
      clearTimeout(timer);
      forget();
      resolve();
    }
  });
}
